import type { ValetkeyLocale } from '../plugin/locale.ts';

/**
 * What the plugin says, in French.
 * @public
 */
export const fr: ValetkeyLocale = {
  pluralize: (count) => (count <= 1 ? 0 : 1),
  strings: {
    limitsUnknown: 'Les limites de cet envoi ne sont pas encore connues',
    stalling: 'Aucune progression depuis 30 secondes ; nouvel essai',
    notRemembered: 'L’envoi ne reprendra pas après un rechargement de cette page',
    uploaded: { 0: '%{smart_count} fichier est envoyé', 1: '%{smart_count} fichiers sont envoyés' },
    pickAgain: 'Choisissez de nouveau « %{file} » : son envoi reprend là où il s’est arrêté.',
    onlyLocal: '« %{file} » n’est pas sur cet appareil, et seuls de tels fichiers peuvent être envoyés ici.',
    unauthenticated: 'Vous n’êtes pas connecté, ou ne l’êtes plus. Connectez-vous et réessayez.',
    forbidden: 'Vous n’avez pas le droit d’envoyer des fichiers ici.',
    'already-exists':
      'Un fichier de ce nom existe déjà, et la politique ne permet pas de le remplacer. Renommez le fichier.',
    superseded: 'Un autre envoi a remplacé ce fichier entre-temps.',
    'line-too-slow':
      'L’envoi dure plus longtemps que la validité permise de son URL. Utilisez une connexion plus rapide, ou demandez une durée plus longue dans la politique.',
    cors: 'Le stockage ou le service ne laisse pas cette page envoyer de fichiers. Transmettez ceci à qui l’administre : %{message}',
    network: 'Pas de connexion. Vérifiez votre réseau et réessayez.',
    stalled: 'L’envoi n’avançait plus. Vérifiez votre réseau et réessayez.',
    'file-changed': 'Le fichier a changé pendant l’envoi ou n’est plus lisible. Choisissez-le de nouveau.',
    'store-refused': 'Le stockage a refusé l’envoi. Transmettez ceci à qui l’administre : %{message}',
    'upload-expired': 'Le délai de cet envoi est passé. Recommencez-le.',
    'clock-skewed':
      'Les horloges du service et du stockage ne s’accordent pas. Transmettez ceci à qui l’administre : %{message}',
  },
};
