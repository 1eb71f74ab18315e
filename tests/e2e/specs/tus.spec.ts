// Evidence by a tus client that is not ours.
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { Upload } from 'tus-js-client';
import { here } from '../world/process.ts';
import { World } from '../world/world.ts';

test('any tus client can send evidence that a fact names', async () => {
  const world = await World.begin();
  try {
    await world.planRun('R1', 1);
    const device = await world.phone('van-7');
    await device.enrol(world, 'priya', 'Van 7 phone');
    const of = { run_id: 'R1', job_id: 'R1-J001' };
    await device.airplane(true);
    await device.call('arrive', of);
    const shot = await fetch(`${device.url}/camera`, { method: 'POST', body: readFileSync(here('world/goods.jpg')) });
    await device.call('add_photo', { ...of, category: 'goods', ...((await shot.json()) as object) });
    const job = (await device.call('job', of)) as { photos: { blob: string }[] };
    const hash = job.photos[0]!.blob;
    const kept = path.join(device.dir, 'blobs', hash);
    const bytes = readFileSync(kept);
    // The phone's file is gone before its courier could send it: the fact arrives, the photo does not.
    rmSync(kept);
    await device.airplane(false);
    const trust = await device.call('sync_now', {});
    expect([trust.air, trust.trouble, trust.attention]).toEqual(['online', 'blob_missing', 1]);
    expect(await isHeld(world)).toBe(false);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(hash);
    const crew = JSON.parse(readFileSync(path.join(device.dir, 'vault/crew.json'), 'utf8')) as { token: string };
    const send = (token: string) =>
      new Promise<string>((resolve, reject) => {
        const upload = new Upload(bytes, {
          endpoint: `${world.url}/v1/blobs`,
          metadata: { sha256: hash },
          headers: { authorization: `Bearer ${token}` },
          retryDelays: null as unknown as number[],
          chunkSize: 8 * 1024,
          onError: reject,
          onSuccess: () => resolve(upload.url ?? ''),
        });
        upload.start();
      });
    await expect(send('somebody else')).rejects.toThrow(/401/);
    expect(await send(crew.token)).toContain(`/v1/blobs/${hash}`);
    expect(await isHeld(world)).toBe(true);
  } finally {
    await world.end();
  }
});

async function isHeld(world: World): Promise<boolean> {
  const page = (await world.ada.send('GET', '/v1/runs/R1/jobs/R1-J001')) as { photos: { is_held: boolean }[] };
  return page.photos[0]!.is_held;
}
