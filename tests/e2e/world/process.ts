// Programs of the product as processes of their own, which end with the test that started them.
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

/** A program that was built by cargo. */
export function built(name: string): string {
  return path.join(ROOT, 'target/debug', name);
}

/** A file of this folder. */
export function here(name: string): string {
  return path.join(ROOT, 'tests/e2e', name);
}

export class Running {
  private constructor(readonly child: ChildProcess) {}

  /** Starts a program and waits for the line that says where it listens. */
  static async start(
    name: string,
    args: string[],
    said: RegExp,
    onLine: (line: string) => void = () => undefined,
  ): Promise<[Running, string]> {
    const child = spawn(built(name), args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const heard: string[] = [];
    const found = new Promise<string>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream! }).on('line', (line) => {
          heard.push(line);
          onLine(line);
          const match = said.exec(line.replace(/\u001b\[[0-9;]*m/g, ''));
          if (match) resolve(match[1]!);
        });
      }
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`${name} ended with ${code}:\n${heard.join('\n')}`)));
    });
    return [new Running(child), await found];
  }

  /** Ends it as somebody at its keyboard would. */
  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGINT');
    await gone;
  }

  /** Kills it as a battery or a system does: without a word. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await gone;
  }
}
