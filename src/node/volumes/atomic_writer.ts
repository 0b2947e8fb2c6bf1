import type { FileMode, HostFiles } from '../host_port.ts'

/** One file of a projected volume; `path` may have directories. */
export interface ProjectedFile {
  readonly path: string
  readonly content: Uint8Array
  readonly mode: number
}

/**
 * Shows a set of files in a directory so that readers see the old set or the new one, never a mix:
 * the files lie in a directory of their own, `..data` is a symlink to it that is replaced in one
 * step, and the visible names are symlinks through `..data`. `version` names the set: an equal one
 * is not written again.
 */
export async function writeAtomically(
  files: HostFiles,
  directory: string,
  set: { readonly version: string; readonly files: readonly ProjectedFile[]; readonly owner: Omit<FileMode, 'mode'> },
): Promise<void> {
  const current = await files.readLink(`${directory}/..data`)
  const name = `..v-${set.version}`
  if (current === name) return
  await files.makeDirectory(`${directory}/${name}`, { mode: 0o755, ...set.owner })
  for (const file of set.files) await writeOne(files, `${directory}/${name}`, file, set.owner)
  await files.symlink(name, `${directory}/..data_tmp`)
  await files.rename(`${directory}/..data_tmp`, `${directory}/..data`)
  await showNames(files, directory, set.files)
  if (current !== undefined) await files.removeTree(`${directory}/${current}`)
}

async function writeOne(
  files: HostFiles,
  root: string,
  file: ProjectedFile,
  owner: Omit<FileMode, 'mode'>,
): Promise<void> {
  assertInside(file.path)
  const parts = file.path.split('/')
  for (let depth = 1; depth < parts.length; depth++) {
    await files.makeDirectory(`${root}/${parts.slice(0, depth).join('/')}`, { mode: 0o755, ...owner })
  }
  await files.writeFile(`${root}/${file.path}`, file.content, { mode: file.mode, ...owner })
}

/** A path that leaves the volume is refused here again, whatever validation has let through. */
function assertInside(path: string): void {
  const parts = path.split('/')
  if (parts.some((part) => part === '' || part === '.' || part === '..' || part.startsWith('..'))) {
    throw new Error(`the file name ${JSON.stringify(path)} is not allowed in a volume`)
  }
}

/** The visible names: those of the new set, without those that only the old one had. */
async function showNames(files: HostFiles, directory: string, set: readonly ProjectedFile[]): Promise<void> {
  const names = new Set(set.map((file) => file.path.split('/')[0] ?? ''))
  for (const entry of (await files.list(directory)) ?? []) {
    if (!entry.name.startsWith('..') && !names.has(entry.name)) await files.removeTree(`${directory}/${entry.name}`)
  }
  for (const name of names) await files.symlink(`..data/${name}`, `${directory}/${name}`)
}
