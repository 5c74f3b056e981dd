/** Milliseconds as protobuf's JSON writes a Duration: `"0.5s"`. https://protobuf.dev/programming-guides/json/ */
export function toDuration(milliseconds: number): string {
  return `${milliseconds / 1000}s`;
}
