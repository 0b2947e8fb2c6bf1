import assert from 'node:assert/strict'
import { test } from 'node:test'
import { normalizeReference } from './reference.ts'

test('short names are completed as registries know them', () => {
  const cases: Readonly<Record<string, string | undefined>> = {
    busybox: 'docker.io/library/busybox:latest',
    'mysql:5.7': 'docker.io/library/mysql:5.7',
    'team/app': 'docker.io/team/app:latest',
    'gcr.io/google-samples/xtrabackup:1.0': 'gcr.io/google-samples/xtrabackup:1.0',
    'localhost:5000/a/b:c': 'localhost:5000/a/b:c',
    'index.docker.io/library/busybox': 'docker.io/library/busybox:latest',
    [`a@sha256:${'0'.repeat(64)}`]: `docker.io/library/a@sha256:${'0'.repeat(64)}`,
    'Upper/Case': undefined,
    'bad image': undefined,
    'a:': undefined,
    '': undefined,
  }
  for (const [given, full] of Object.entries(cases)) assert.equal(normalizeReference(given), full, given)
})
