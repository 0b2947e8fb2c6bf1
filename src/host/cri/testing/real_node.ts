import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '../../../base/log.ts'
import { createImageStore } from '../../images/image_store.ts'
import { createNodeImages } from '../../images/node_images.ts'
import { createMachine, type RunningNode } from '../../machine/machine.ts'
import type { ImageSource } from '../cri_images.ts'

/** Kept between runs, as a package cache is, so that only the first one needs Debian's archive. */
const IMAGES = join(import.meta.dirname, '../../../../node_modules/.cache/berth-images')

/** Images for a node of a test: what this machine has or builds, and nothing from a registry. */
export function testImages(node: RunningNode): ImageSource {
  const store = createImageStore({ layout: IMAGES })
  return createNodeImages({ store, socket: node.containerdSocket, images: 'stand-ins' })
}

/** Why real containers cannot run here, as the reason to skip a test; false when they can. */
export function whyNoContainers(): string | false {
  const scratch = mkdtempSync(join(tmpdir(), 'berth-doctor-'))
  try {
    const findings = createMachine({ dataDirectory: scratch, log: silentLog }).doctor()
    return findings.length === 0 ? false : findings.map(({ problem }) => problem).join(' ')
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}
