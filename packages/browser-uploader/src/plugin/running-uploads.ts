import type { Upload } from '../engine/uploader.ts';

/** Uploads on their way, by Uppy's id of the file. */
export interface RunningUploads {
  /** The upload begins paused when the file is. */
  readonly start: (fileId: string, isPaused: boolean, begin: (signal: AbortSignal) => Upload) => Upload;
  readonly end: (fileId: string, upload: Upload) => void;
  readonly cancel: (fileId: string) => void;
  readonly cancelAll: () => void;
  readonly pause: (fileId: string, isPaused: boolean) => void;
  readonly pauseAll: (isPaused: boolean) => void;
}

interface Running {
  readonly upload: Upload;
  readonly controller: AbortController;
}

export function createRunningUploads(): RunningUploads {
  const running = new Map<string, Running>();
  const cancel = (fileId: string) => running.get(fileId)?.controller.abort();
  const pause = (fileId: string, isPaused: boolean) => {
    const upload = running.get(fileId)?.upload;
    if (isPaused) upload?.pause();
    else upload?.resume();
  };
  return {
    start: (fileId, isPaused, begin) => {
      const controller = new AbortController();
      const upload = begin(controller.signal);
      running.set(fileId, { upload, controller });
      if (isPaused) upload.pause();
      return upload;
    },
    end: (fileId, upload) => {
      if (running.get(fileId)?.upload === upload) running.delete(fileId);
    },
    cancel,
    cancelAll: () => {
      for (const fileId of running.keys()) cancel(fileId);
    },
    pause,
    pauseAll: (isPaused) => {
      for (const fileId of running.keys()) pause(fileId, isPaused);
    },
  };
}
