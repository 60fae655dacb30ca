import type { ValetkeyLocale } from '../plugin/locale.ts';

/**
 * What the plugin says, in Brazilian Portuguese.
 * @public
 */
export const ptBR: ValetkeyLocale = {
  pluralize: (count) => (count === 1 ? 0 : 1),
  strings: {
    limitsUnknown: 'Os limites deste envio ainda não são conhecidos',
    stalled: 'Sem progresso há 30 segundos; tentando de novo',
    notRemembered: 'O envio não continuará se esta página for recarregada',
    uploaded: { 0: '%{smart_count} arquivo enviado', 1: '%{smart_count} arquivos enviados' },
    pickAgain: 'Escolha “%{file}” de novo: o envio continua de onde parou.',
    onlyLocal:
      '“%{file}” não está neste dispositivo, e só arquivos que estejam nele podem ser enviados aqui.',
    unauthenticated: 'Você não entrou na sua conta, ou a sessão terminou. Entre e tente de novo.',
    forbidden: 'Você não tem permissão para enviar arquivos aqui.',
    'already-exists':
      'Já existe um arquivo com este nome, e a política não permite substituí-lo. Renomeie o arquivo.',
    superseded: 'Outro envio substituiu este arquivo nesse meio-tempo.',
    'line-too-slow':
      'O envio leva mais tempo do que a URL pode valer. Use uma conexão mais rápida ou peça uma validade maior na política.',
  },
};
