// HTTP/2 over TLS for the recordings (used by record.sh): h2server.js CHAIN KEY
'use strict';
const fs = require('fs');
const http2 = require('http2');

const [chain, key] = process.argv.slice(2);
const server = http2.createSecureServer({ cert: fs.readFileSync(chain), key: fs.readFileSync(key) });
server.on('stream', (stream) => {
  stream.respond({ ':status': 200, 'content-type': 'text/plain' });
  stream.end('The quick brown fox jumps over the lazy dog.\n'.repeat(100));
});
server.listen(443, '10.1.0.2');
