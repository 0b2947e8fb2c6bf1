import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's or the package's folder: this code runs from `src/main/` in tests, from `dist/` otherwise. */
export function projectFolder(): string {
  let folder = fileURLToPath(new URL('.', import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = join(folder, '..')
    if (parent === folder) throw new Error('the folder of the package was not found')
    folder = parent
  }
  return folder
}

/** Where the documents lie, in English or in the language that was asked for. */
export function findTutorials(language: string | undefined): string {
  const folder = join(projectFolder(), 'tutorials')
  return language === undefined || language === 'en' ? folder : join(folder, language)
}
