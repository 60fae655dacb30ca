/** A reflected CRC that starts from, and is inverted with, all ones. */
export interface CrcTerms {
  readonly bits: 32 | 64;
  /** Bit-reversed. */
  readonly polynomial: bigint;
}

/** CRC-32C (Castagnoli). RFC 3720, appendix B.4. */
export const crc32c: CrcTerms = { bits: 32, polynomial: 0x82f6_3b78n };

/** CRC-64/NVME. NVM Express NVM Command Set Specification 1.0c, section 5.2.1.3.4. */
export const crc64Nvme: CrcTerms = { bits: 64, polynomial: 0x9a6c_9329_ac4b_c9b5n };
