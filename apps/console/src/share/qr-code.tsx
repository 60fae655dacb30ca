import QRCode from 'qrcode';

/** A QR code as one SVG path, drawn without any foreign markup; nothing when the text is too long for one. */
export function QrCode({ text, title }: { readonly text: string; readonly title: string }) {
  const path = toPath(text);
  if (path === undefined) return <p>The link is too long for a QR code.</p>;
  return (
    <svg className="qr" viewBox={`-4 -4 ${path.size + 8} ${path.size + 8}`} role="img" aria-label={title}>
      <rect x={-4} y={-4} width={path.size + 8} height={path.size + 8} fill="#fff" />
      <path d={path.d} fill="#000" shapeRendering="crispEdges" />
    </svg>
  );
}

/** What version 40 holds at the lowest correction, in bytes. ISO/IEC 18004, table 7. */
const maxBytes = 2953;

function toPath(text: string): { readonly size: number; readonly d: string } | undefined {
  if (new TextEncoder().encode(text).byteLength > maxBytes) return undefined;
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'L' });
  const { size, data } = modules;
  let d = '';
  for (const [index, isDark] of data.entries()) {
    if (isDark) d += `M${index % size} ${Math.floor(index / size)}h1v1h-1z`;
  }
  return { size, d };
}
