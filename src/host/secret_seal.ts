import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Seal } from '../store/sealed_journal.ts'

const ALGORITHM = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** The first byte of everything sealed: how the rest is to be read. */
const FORMAT = 1
const OWNER_ONLY = 0o600

/**
 * A seal with the key in a file, which is made if it is not there. Sealed bytes are: format, nonce,
 * tag, ciphertext. @throws Error when the file holds no key, or when others may read it
 */
export function openSecretSeal(keyFile: string): Seal {
  const key = keyIn(keyFile)
  return {
    seal(bytes, place) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(place))
      const hidden = [cipher.update(bytes), cipher.final()]
      return Buffer.concat([Uint8Array.of(FORMAT), nonce, cipher.getAuthTag(), ...hidden])
    },
    open(bytes, place) {
      const nonceEnd = 1 + NONCE_BYTES
      const tagEnd = nonceEnd + TAG_BYTES
      try {
        const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(1, nonceEnd), { authTagLength: TAG_BYTES })
        decipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(nonceEnd, tagEnd))
        return Buffer.concat([decipher.update(bytes.subarray(tagEnd)), decipher.final()])
      } catch (cause) {
        const what = place.replaceAll('\0', '/')
        throw new Error(
          `${what} cannot be opened with the key in ${keyFile}: it is another key, or the data was changed`,
          {
            cause,
          },
        )
      }
    },
  }
}

function keyIn(file: string): Buffer {
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(file, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { mode: OWNER_ONLY, flag: 'wx', flush: true })
  }
  if ((statSync(file).mode & 0o077) !== 0) throw new Error(`${file} may be read by others; chmod 600 mends it`)
  const key = Buffer.from(readFileSync(file, 'utf8'), 'base64')
  if (key.length !== KEY_BYTES) throw new Error(`${file} holds no key of ${KEY_BYTES} bytes`)
  return key
}
