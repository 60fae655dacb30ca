/**
 * Receives one finished line of progress, without a line break.
 *
 * Engines take minutes to build the first time: whoever starts one says where the lines go.
 *
 * @internal
 */
export type Report = (line: string) => void;
