import type { ValetkeyLocale } from '../plugin/locale.ts';

/**
 * What the plugin says, in Brazilian Portuguese.
 * @public
 */
export const ptBR: ValetkeyLocale = {
  pluralize: (count) => (count === 1 ? 0 : 1),
  strings: {
    limitsUnknown: 'Os limites deste envio ainda não são conhecidos',
    stalling: 'Sem progresso há 30 segundos; tentando de novo',
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
    cors: 'O armazenamento ou o serviço não deixa esta página enviar arquivos. Informe quem o administra: %{message}',
    network: 'Sem conexão. Verifique sua rede e tente de novo.',
    stalled: 'O envio não avançou. Verifique sua rede e tente de novo.',
    'file-changed': 'O arquivo mudou durante o envio ou não pode mais ser lido. Escolha-o de novo.',
    'store-refused': 'O armazenamento recusou o envio. Informe quem o administra: %{message}',
    'upload-expired': 'O prazo deste envio terminou. Comece-o de novo.',
    'clock-skewed':
      'Os relógios do serviço e do armazenamento não coincidem. Informe quem o administra: %{message}',
  },
};
