/** The proto JSON of a Duration, such as `"0.5s"`, for a number of milliseconds. https://protobuf.dev/programming-guides/json/ */
export function toDuration(milliseconds: number): string {
  return `${milliseconds / 1000}s`;
}
