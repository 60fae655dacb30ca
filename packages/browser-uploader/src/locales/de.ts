import type { ValetkeyLocale } from '../plugin/locale.ts';

/**
 * What the plugin says, in German.
 * @public
 */
export const de: ValetkeyLocale = {
  pluralize: (count) => (count === 1 ? 0 : 1),
  strings: {
    limitsUnknown: 'Die Grenzen dieses Uploads sind noch nicht bekannt',
    stalling: 'Seit 30 Sekunden kein Fortschritt; neuer Versuch',
    notRemembered: 'Nach einem Neuladen dieser Seite geht der Upload nicht weiter',
    uploaded: { 0: '%{smart_count} Datei ist hochgeladen', 1: '%{smart_count} Dateien sind hochgeladen' },
    pickAgain: 'Wählen Sie „%{file}“ noch einmal aus: Der Upload geht weiter, wo er stehen blieb.',
    onlyLocal: '„%{file}“ liegt nicht auf diesem Gerät, und nur solche Dateien lassen sich hier hochladen.',
    unauthenticated:
      'Sie sind nicht oder nicht mehr angemeldet. Melden Sie sich an und versuchen Sie es noch einmal.',
    forbidden: 'Sie dürfen hier nichts hochladen.',
    'already-exists':
      'Eine Datei dieses Namens gibt es schon, und die Richtlinie erlaubt nicht, sie zu ersetzen. Benennen Sie die Datei um.',
    superseded: 'Ein anderer Upload hat diese Datei inzwischen ersetzt.',
    'line-too-slow':
      'Der Upload dauert länger, als seine URL gelten darf. Nutzen Sie eine schnellere Verbindung, oder bitten Sie um eine längere Gültigkeit in der Richtlinie.',
    cors: 'Der Speicher oder der Dienst lässt diese Seite nicht hochladen. Geben Sie dies dem Betrieb weiter: %{message}',
    network: 'Keine Verbindung. Prüfen Sie Ihr Netz und versuchen Sie es noch einmal.',
    stalled: 'Der Upload kam nicht voran. Prüfen Sie Ihr Netz und versuchen Sie es noch einmal.',
    'file-changed':
      'Die Datei wurde während des Uploads geändert oder ist nicht mehr lesbar. Wählen Sie sie noch einmal aus.',
    'store-refused': 'Der Speicher hat den Upload abgelehnt. Geben Sie dies dem Betrieb weiter: %{message}',
    'upload-expired': 'Die Zeit für diesen Upload ist abgelaufen. Beginnen Sie ihn noch einmal.',
    'clock-skewed':
      'Die Uhren von Dienst und Speicher gehen auseinander. Geben Sie dies dem Betrieb weiter: %{message}',
  },
};
