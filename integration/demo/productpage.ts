/**
 * The client application of Bookinfo: a page that calls `details` and `reviews` through its sidecar and shows the stars.
 */
import { once } from 'node:events';
import { Agent, createServer, type Server, type ServerResponse } from 'node:http';
import type { SocketAddress } from '../../envoy/bootstrap.js';
import { send, type HttpResponse } from '../support/clients/http-client.js';
import { SERVICE_PORT } from './layout.js';

/** The response of a version of reviews. `color` is none for the version without stars. */
export interface ReviewsBody {
  readonly version: string;
  readonly clustername: string;
  readonly reviews: readonly { readonly reviewer: string; readonly text: string; readonly rating?: Rating }[];
}

interface Rating {
  readonly stars: number;
  readonly color: string;
}

export class Productpage {
  readonly #server: Server;
  readonly #sidecar: SocketAddress;
  readonly #agent = new Agent({ keepAlive: true });

  private constructor(sidecar: SocketAddress) {
    this.#sidecar = sidecar;
    this.#server = createServer((request, response) => {
      void this.#serve(request.url ?? '', response);
    });
  }

  /** Listens on `at` and sends its requests to the listener of its sidecar. */
  static async start(at: SocketAddress, sidecar: SocketAddress): Promise<Productpage> {
    const page = new Productpage(sidecar);
    page.#server.listen({ host: at.address, port: at.port });
    await once(page.#server, 'listening');
    return page;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    this.#agent.destroy();
  }

  async #serve(url: string, response: ServerResponse): Promise<void> {
    if (!url.startsWith('/productpage')) {
      response.writeHead(302, { location: '/productpage?u=normal' }).end();
      return;
    }
    const [details, reviews] = await Promise.all([this.#ask('details'), this.#ask('reviews')]);
    response.writeHead(details.status === 200 && reviews.status === 200 ? 200 : 503, {
      'content-type': 'text/html; charset=utf-8',
      'x-details': String(details.headers['x-backend'] ?? ''),
      'x-reviews': String(reviews.headers['x-backend'] ?? ''),
    });
    response.end(page(details, reviews));
  }

  /** Calls the service by its short name, like any application in the same namespace. */
  async #ask(service: string): Promise<HttpResponse> {
    const headers = { host: `${service}:${SERVICE_PORT}` };
    try {
      return await send({ ...this.#sidecar, path: `/${service}/0`, headers, agent: this.#agent });
    } catch (error) {
      return { status: 502, headers: {}, body: String(error) };
    }
  }
}

function page(details: HttpResponse, reviews: HttpResponse): string {
  const shownDetails = details.status === 200 ? `<pre>${details.body}</pre>` : unavailable('product details');
  const shownReviews =
    reviews.status === 200 ? reviewList(JSON.parse(reviews.body) as ReviewsBody) : unavailable('product reviews');
  return `<!doctype html><title>Simple Bookstore App</title><h1>The Comedy of Errors</h1>
<h2>Book Details</h2>${shownDetails}
<h2>Book Reviews</h2>${shownReviews}
`;
}

function unavailable(what: string): string {
  return `<p>Sorry, ${what} are currently unavailable.</p>`;
}

function reviewList({ version, clustername, reviews }: ReviewsBody): string {
  const list = reviews.map(
    ({ reviewer, text, rating }) => `<blockquote>${text} <small>${reviewer}</small>${stars(rating)}</blockquote>`,
  );
  return `<p>Reviews served by: <b>reviews-${version}</b> on ${clustername}</p>${list.join('')}`;
}

function stars(rating: Rating | undefined): string {
  if (rating === undefined) return '';
  return ` <font color="${rating.color}">${'★'.repeat(rating.stars)}${'☆'.repeat(5 - rating.stars)}</font>`;
}
