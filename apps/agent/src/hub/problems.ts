import { InputError, LackingError, type Problem } from '@litmatter/protocol';
import type { FastifyError, FastifyInstance } from 'fastify';

/** A refusal that is not about the input's shape: 404 for what is not there, 409 for what is not in the right state. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: 404 | 409;
  constructor(status: 404 | 409, message: string) {
    super(message);
    this.status = status;
  }
}

/** What to answer an error with, in the protocol's words. Undefined where it is the hub's own fault. */
export function problemOf(error: unknown): { status: number; problem: Problem } | undefined {
  if (error instanceof InputError) return { status: 400, problem: error.toProblem() };
  if (error instanceof Refusal) return { status: error.status, problem: { message: error.message } };
  if (error instanceof LackingError) return { status: 409, problem: { message: error.message } };
  const { code, statusCode } = error as Partial<FastifyError>;
  if (code === 'FST_ERR_CTP_INVALID_JSON_BODY' || code === 'FST_ERR_CTP_EMPTY_JSON_BODY') {
    return { status: 400, problem: { message: 'The request is not JSON: check its body.' } };
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return {
      status: 400,
      problem: {
        message:
          'Send JSON with "Content-Type: application/json", or a file with "application/octet-stream".',
      },
    };
  }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return {
      status: 400,
      problem: { message: 'The request is larger than is allowed here: it was not read.' },
    };
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return { status: 400, problem: { message: `The request cannot be read: ${(error as Error).message}.` } };
  }
  return undefined;
}

/** Every error and every unknown route leaves as a Problem; the hub's own faults are logged whole and told without their inside. */
export function addErrorHandler(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const known = problemOf(error);
    if (known) return reply.code(known.status).send(known.problem);
    request.log.error({ err: error }, 'a request failed');
    return reply.code(500).send({
      message: 'The hub failed at this request: hub.log in its data folder says more.',
    } satisfies Problem);
  });
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({
      message: `The hub has no ${request.method} ${request.url.split('?', 1)[0]}.`,
    } satisfies Problem),
  );
}
