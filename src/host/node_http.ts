/**
 * Node's HTTP, taken without an `import`: that would ask for every export, among them `WebSocket` and `fetch`,
 * and so load a second HTTP client that nobody here uses, 16 MB and 50 ms in each process.
 */
export const http = process.getBuiltinModule('node:http')
export const https = process.getBuiltinModule('node:https')
