import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { inNamespace, makeNamespace, removeNamespace } from './machine/namespaces.ts'
import { findTool, isRoot, mayMount } from './machine/surroundings.ts'
import { mustRun, runCommand } from './processes.ts'

const RULES = join(import.meta.dirname, '../network/services/testdata/rules.txt')
const missing = isRoot() && mayMount() && findTool('nft') !== undefined ? false : 'needs root and nft'

/** The outputs of an interaction file, each up to the next empty line. */
function outputsOf(file: string): readonly string[] {
  return readFileSync(file, 'utf8')
    .split('\n\n')
    .map((block) => block.split('\n----\n')[1] ?? '')
    .filter((output) => output !== '' && output.trim() !== 'nothing')
}

test('the kernel takes the service rules as the interaction file shows them, one change after the other', {
  skip: missing,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'berth-nft-'))
  const namespace = join(folder, 'ns')
  await makeNamespace(namespace)
  try {
    for (const input of outputsOf(RULES)) {
      const result = await runCommand(inNamespace(namespace, ['nft', '-f', '-']), { input })
      assert.equal(result.code, 0, `${result.stderr}\nof\n${input}`)
    }
    const left = await mustRun(inNamespace(namespace, ['nft', 'list', 'table', 'ip', 'berth']))
    assert.doesNotMatch(left, /chain (service|endpoint|node)\//, 'nothing is left of services that are gone')
  } finally {
    await removeNamespace(namespace)
    rmSync(folder, { recursive: true, force: true })
  }
})
