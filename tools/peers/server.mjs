// The OpenAI agents SDK behind a telephone number: one RealtimeSession over a
// TwilioRealtimeTransportLayer for each call, as the SDK's documentation builds
// it, with nothing around it that costs.
//
//   node server.mjs [PORT]          (or PORT; 0, the default: any free port)
//
//   MODEL_URL=wss://HOST:PORT/v1/realtime?model=…   default: OpenAI's own
//   OPENAI_API_KEY=…                                default: "local"
//   NODE_EXTRA_CA_CERTS=FILE        trust a local model's certificate (Node's own)
import http from 'node:http';
import { WebSocketServer } from 'ws';
import { setTracingDisabled } from '@openai/agents';
import { RealtimeAgent, RealtimeSession } from '@openai/agents/realtime';
import { TwilioRealtimeTransportLayer } from '@openai/agents-extensions';

const port = Number(process.argv[2] ?? process.env.PORT ?? 0);
const apiKey = process.env.OPENAI_API_KEY ?? 'local';
const url = process.env.MODEL_URL;

// Traces would be sent to OpenAI, from here and from there.
setTracingDisabled(true);

const agent = new RealtimeAgent({
	name: 'Receptionist',
	instructions: 'You are the receptionist. Greet the caller and be brief.',
});

// Transcripts are off: nobody reads them here, and they are work. Everything
// else is the SDK's default: mu-law both ways, as the transport asks for it.
const options = {
	model: 'gpt-realtime',
	tracingDisabled: true,
	config: { audio: { input: { transcription: null } } },
};

async function answer(carrier, report) {
	const transport = new TwilioRealtimeTransportLayer({ twilioWebSocket: carrier });
	const session = new RealtimeSession(agent, { ...options, transport });
	greetWhenReady(transport);
	transport.on('disconnected', () => carrier.close());
	session.on('error', ({ error }) => report(error));
	await session.connect({ apiKey, url });
}

// The transport updates a session twice, about tracing first; only the second
// settles the format that is spoken.
function greetWhenReady(transport) {
	const greet = ({ session }) => {
		if (session?.audio?.output?.format?.type !== 'audio/pcmu') return;
		transport.off('session.updated', greet);
		transport.requestResponse();
	};
	transport.on('session.updated', greet);
}

// Only the first error of a call is told.
function reporter() {
	let told = false;
	return (error) => {
		if (!told) console.error('call:', error?.error?.message ?? error?.message ?? error);
		told = true;
	};
}

function twiml(request, response) {
	request.resume();
	if (request.url.split('?')[0] !== '/incoming-call') return response.writeHead(404).end();
	response.writeHead(200, { 'content-type': 'text/xml' });
	response.end(
		'<?xml version="1.0" encoding="UTF-8"?><Response><Connect>' +
			`<Stream url="ws://127.0.0.1:${server.address().port}/media-stream"/>` +
			'</Connect></Response>',
	);
}

const server = http.createServer(twiml);
const streams = new WebSocketServer({ server, path: '/media-stream' });
streams.on('connection', (carrier) => {
	const report = reporter();
	answer(carrier, report).catch((error) => {
		report(error);
		carrier.close();
	});
});
for (const signal of ['SIGTERM', 'SIGINT'])
	process.on(signal, () => process.exit(0));
server.listen(port, '127.0.0.1', () =>
	console.log(`listening on http://127.0.0.1:${server.address().port}/incoming-call`),
);
