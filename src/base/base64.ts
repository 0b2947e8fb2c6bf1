/** Base64 of bytes. */
export const base64FromBytes = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))

/** Base64 of a text's UTF-8 bytes. */
export const textToBase64 = (text: string): string => base64FromBytes(new TextEncoder().encode(text))

/** The bytes that base64 stands for. Characters outside the alphabet, such as line ends, are skipped. */
export const base64ToBytes = (base64: string): Uint8Array =>
  Uint8Array.from(atob(base64.replace(/[^A-Za-z0-9+/]/g, '')), (character) => character.charCodeAt(0))

/** The same as a text; bytes that are no UTF-8 become replacement characters. */
export const base64ToText = (base64: string): string => new TextDecoder().decode(base64ToBytes(base64))
