/** The bytes of standard base64, as secrets carry them. Characters outside the alphabet are skipped. */
export function decodeBase64(text: string): Uint8Array {
  const binary = atob(text.replace(/[^A-Za-z0-9+/]/g, ''))
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0))
}

export const decodeBase64Text = (text: string): string => new TextDecoder().decode(decodeBase64(text))
