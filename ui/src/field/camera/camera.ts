/** The phone's camera as a running picture, with its light. */

/** Why there is no picture. */
export type CameraFault = 'none' | 'denied' | 'busy' | 'old';

export interface Camera {
  stream: MediaStream;
  hasLight: boolean;
  setLight(on: boolean): Promise<void>;
  /** Calls back when the picture ends by itself: another app took the camera, or the system did. */
  onEnded(listen: () => void): void;
  close(): void;
}

// Fine enough for a pallet label at arm's length; more only takes longer.
const WANTED: MediaStreamConstraints = {
  audio: false,
  video: { facingMode: { ideal: 'environment' }, width: { ideal: 1280 }, height: { ideal: 720 } },
};

const FAULTS: Record<string, CameraFault> = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'none',
  OverconstrainedError: 'none',
  NotReadableError: 'busy',
  AbortError: 'busy',
};

export function cameraFault(thrown: unknown): CameraFault {
  const name = thrown instanceof Error || thrown instanceof DOMException ? thrown.name : '';
  return FAULTS[name] ?? 'old';
}

/** Opens the camera at the back, or any there is. */
export async function openCamera(): Promise<Camera> {
  // Not there in old web views, nor on a page that did not come over a safe line.
  if (!navigator.mediaDevices?.getUserMedia) throw new DOMException('no camera here', 'NotFoundError');
  const stream = await navigator.mediaDevices.getUserMedia(WANTED);
  const [track] = stream.getVideoTracks();
  const able = (track?.getCapabilities?.() ?? {}) as { torch?: boolean; focusMode?: string[] };
  const set = (wish: Record<string, unknown>) =>
    track?.applyConstraints({ advanced: [wish as MediaTrackConstraintSet] }) ?? Promise.resolve();
  // Most do it anyway; where it is refused the picture is there all the same.
  if (able.focusMode?.includes('continuous')) await set({ focusMode: 'continuous' }).catch(() => undefined);
  return {
    stream,
    hasLight: able.torch === true,
    setLight: (on) => set({ torch: on }),
    onEnded: (listen) => track?.addEventListener('ended', listen),
    close: () => stream.getTracks().forEach((each) => each.stop()),
  };
}
