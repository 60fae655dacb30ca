import type { ValetkeyLocale } from '../plugin/locale.ts';

/**
 * What the plugin says, in Spanish.
 * @public
 */
export const es: ValetkeyLocale = {
  pluralize: (count) => (count === 1 ? 0 : 1),
  strings: {
    limitsUnknown: 'Todavía no se conocen los límites de esta subida',
    stalling: 'Sin avance desde hace 30 segundos; se intenta de nuevo',
    notRemembered: 'La subida no continuará si se recarga esta página',
    uploaded: { 0: '%{smart_count} archivo subido', 1: '%{smart_count} archivos subidos' },
    pickAgain: 'Elija otra vez «%{file}»: la subida continúa donde se detuvo.',
    onlyLocal: '«%{file}» no está en este dispositivo, y aquí solo se pueden subir archivos que lo estén.',
    unauthenticated: 'No ha iniciado sesión, o la sesión ha terminado. Inicie sesión e inténtelo de nuevo.',
    forbidden: 'No tiene permiso para subir archivos aquí.',
    'already-exists':
      'Ya existe un archivo con este nombre, y la política no permite reemplazarlo. Cambie el nombre del archivo.',
    superseded: 'Mientras tanto, otra subida ha reemplazado este archivo.',
    'line-too-slow':
      'La subida tarda más de lo que su URL puede valer. Use una conexión más rápida o pida una validez más larga en la política.',
    cors: 'El almacén o el servicio no deja que esta página suba archivos. Comuníquelo a quien lo administra: %{message}',
    network: 'Sin conexión. Compruebe su red e inténtelo de nuevo.',
    stalled: 'La subida no avanzó. Compruebe su red e inténtelo de nuevo.',
    'file-changed': 'El archivo cambió durante la subida o ya no se puede leer. Elíjalo otra vez.',
    'store-refused': 'El almacén rechazó la subida. Comuníquelo a quien lo administra: %{message}',
    'upload-expired': 'El tiempo de esta subida ha terminado. Empiécela de nuevo.',
    'clock-skewed':
      'Los relojes del servicio y del almacén no coinciden. Comuníquelo a quien lo administra: %{message}',
  },
};
