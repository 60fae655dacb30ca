/** Permissions of a handle are asked for in Chromium only; elsewhere a handle that is there can be read. */
interface PermissionAsking {
  queryPermission(options: { readonly mode: 'read' }): Promise<PermissionState>;
  requestPermission(options: { readonly mode: 'read' }): Promise<PermissionState>;
}

/** The file behind a handle; undefined when the person says no, or the file is gone. */
export async function reopenFile(handle: FileSystemFileHandle): Promise<File | undefined> {
  if (!(await mayRead(handle))) return undefined;
  try {
    return await handle.getFile();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') return undefined;
    throw error;
  }
}

async function mayRead(handle: object): Promise<boolean> {
  if (!asksPermission(handle)) return true;
  const mode = 'read';
  if ((await handle.queryPermission({ mode })) === 'granted') return true;
  return (await handle.requestPermission({ mode })) === 'granted';
}

function asksPermission(handle: object): handle is PermissionAsking {
  return 'queryPermission' in handle && 'requestPermission' in handle;
}
