/**
 * Who may import whom. A folder may always import itself; what is not listed is forbidden. The
 * longest matching prefix decides.
 */
export const layers: Readonly<Record<string, readonly string[]>> = {
  'src/base': [],
  'src/api': ['src/base'],
  'src/store': ['src/base'],
  'src/server': ['src/base', 'src/api', 'src/store'],
  'src/client': ['src/base', 'src/api'],
  'src/controllers': ['src/base', 'src/api', 'src/client', 'src/controllers/runtime'],
  'src/scheduler': ['src/base', 'src/api', 'src/client', 'src/controllers/runtime'],
  'src/node': ['src/base', 'src/api', 'src/client', 'src/controllers/runtime'],
  'src/network': ['src/base', 'src/api', 'src/client', 'src/controllers/runtime'],
  // The host implements ports that the parts declare: it imports their types only (checked).
  'src/host': ['src/base', 'src/api'],
  'src/cli': ['src/base', 'src/api', 'src/client', 'src/main'],
  'src/main': ['src/'],
  'src/main.ts': ['src/'],
  simulation: ['src/'],
  conformance: [],
  bench: ['src/', 'conformance/'],
  images: [],
  scripts: ['src/', 'conformance/', 'test/'],
  test: ['src/', 'conformance/', 'simulation/', 'scripts/'],
}

/** Ports whose errors are classes: the host has to make them, so it imports them as values. */
export const portsWithErrors = ['src/node/runtime.ts', 'src/store/store.ts']

/** Folders whose code may touch the machine, the clock and chance themselves. */
export const machineFolders = [
  'src/base',
  'src/host',
  'src/cli',
  'src/main',
  'conformance',
  'bench',
  'simulation/mutants',
  'simulation/soak',
  'simulation/rest_soak',
  'images',
  'scripts',
  'test',
]
