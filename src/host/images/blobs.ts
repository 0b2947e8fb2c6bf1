import { createHash } from 'node:crypto'
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'

/** A blob of an OCI layout. */
export interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
  readonly annotations?: Readonly<Record<string, string>>
}

export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json'
export const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json'
/** Not compressed: it is unpacked on the machine on which it lies. */
export const LAYER_TYPE = 'application/vnd.oci.image.layer.v1.tar'
export const COMPRESSED_LAYER_TYPE = 'application/vnd.oci.image.layer.v1.tar+gzip'

/** @throws Error when the digest, which may come from an archive, is none: it becomes part of a path. */
export function blobPath(layout: string, digest: string): string {
  if (!/^sha(256|512):[0-9a-f]{64,128}$/.test(digest)) throw new Error(`${JSON.stringify(digest)} is no digest`)
  return join(layout, 'blobs', ...digest.split(':'))
}

/** Stores a JSON document under its own digest. */
export function writeJsonBlob(layout: string, mediaType: string, document: object): Descriptor {
  const bytes = Buffer.from(JSON.stringify(document))
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
  makeLayout(layout)
  if (!existsSync(blobPath(layout, digest))) writeFileSync(blobPath(layout, digest), bytes)
  return { mediaType, digest, size: bytes.length }
}

/** Moves a finished file (of the same file system) into the layout under its digest. */
export async function adoptBlob(layout: string, file: string, mediaType: string): Promise<Descriptor> {
  const { digest, size } = await digestOf(file)
  makeLayout(layout)
  if (existsSync(blobPath(layout, digest))) rmSync(file)
  else renameSync(file, blobPath(layout, digest))
  return { mediaType, digest, size }
}

export async function digestOf(file: string): Promise<{ readonly digest: string; readonly size: number }> {
  const hash = createHash('sha256')
  let size = 0
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), async (pieces: AsyncIterable<Buffer>) => {
    for await (const piece of pieces) {
      hash.update(piece)
      size += piece.length
    }
  })
  return { digest: `sha256:${hash.digest('hex')}`, size }
}

function makeLayout(layout: string): void {
  mkdirSync(join(layout, 'blobs', 'sha256'), { recursive: true })
  const marker = join(layout, 'oci-layout')
  if (!existsSync(marker)) writeFileSync(marker, '{"imageLayoutVersion":"1.0.0"}')
}
