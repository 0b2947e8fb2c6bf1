/** Base64 of a text's UTF-8 bytes. */
export const textToBase64 = (text: string): string =>
  btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''))

/** The text that base64 stands for; bytes that are no UTF-8 become replacement characters. */
export const base64ToText = (base64: string): string =>
  new TextDecoder().decode(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)))
