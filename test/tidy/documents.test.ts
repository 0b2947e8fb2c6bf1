import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'

/** What a newcomer reads must lead somewhere: links and file names in documents name what is there. */
const root = new URL('../..', import.meta.url).pathname
const ofProject = ['ls-files', '--cached', '--others', '--exclude-standard']
const listed = execFileSync('git', ofProject, { cwd: root, encoding: 'utf8' }).split('\n')
const files = listed.filter((file) => existsSync(join(root, file)))
const documents = files.filter((file) => file.endsWith('.md') && !file.startsWith('tutorials/'))

test('links in documents lead to files', () => {
  const broken = documents.flatMap((document) =>
    linksOf(document)
      .map((link) => join(dirname(document), link))
      .filter((target) => !existsSync(join(root, target)))
      .map((target) => `${document} links to ${target}`),
  )
  assert.deepEqual(broken, [])
})

test('source files that documents name are there', () => {
  const missing = documents.flatMap((document) =>
    namedFilesOf(document)
      .filter((name) => !files.some((file) => `/${file}`.endsWith(`/${name}`)))
      .map((name) => `${document} names ${name}`),
  )
  assert.deepEqual(missing, [])
})

function linksOf(document: string): string[] {
  const links = textOf(document).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)
  return [...links].flatMap(([, link]) => (link === undefined || link.includes('://') ? [] : [link]))
}

/** Names of sources in backquotes, with any part of the path before them. */
function namedFilesOf(document: string): string[] {
  const names = textOf(document).matchAll(/`([\w./-]*\w\.ts)`/g)
  return [...names].flatMap(([, name]) => name ?? [])
}

const textOf = (document: string): string => readFileSync(join(root, document), 'utf8')
