import { Uppy } from '@uppy/core';
import '@uppy/core/css/style.min.css';
import '@uppy/dashboard/css/style.min.css';
import Dashboard from '@uppy/react/dashboard';
import { ValetkeyUpload, type UploadResult } from '@valetkey/browser-uploader';
import { StrictMode, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';

const endpoint = new URLSearchParams(location.search).get('endpoint') ?? 'http://127.0.0.1:8787';

function Upload() {
  const [uppy] = useState(() => new Uppy().use(ValetkeyUpload, { endpoint, policy: 'uploads' }));
  const [done, setDone] = useState<string>();
  useEffect(() => {
    const tell = (file: { name: string }, { key }: UploadResult) =>
      setDone(`${file.name} is in the bucket as ${key}`);
    const explain = (_file: unknown, { message }: { message: string }) => setDone(message);
    uppy.on('valetkey:verified', tell).on('upload-error', explain);
    return () => void uppy.off('valetkey:verified', tell).off('upload-error', explain);
  }, [uppy]);
  return (
    <>
      <h1>Upload with Valetkey</h1>
      <Dashboard uppy={uppy} />
      <p role="status">{done}</p>
    </>
  );
}

const place = document.querySelector('#app');
if (place !== null)
  createRoot(place).render(
    <StrictMode>
      <Upload />
    </StrictMode>,
  );
