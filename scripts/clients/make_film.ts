// Make a film and download it, by a client that openapi-typescript and openapi-fetch make.
//
//     node make_film.js URL

import createClient from "openapi-fetch";
import type { paths } from "./schema.js";

const client = createClient<paths>({ baseUrl: process.argv[2] ?? "" });

const songs = await client.GET("/api/songs", { params: { query: { limit: 1 } } });
const song = songs.data?.items[0];
if (song === undefined) {
  throw new Error(songs.error?.error ?? "The library has no song.");
}

// The request waits until the film is finished.
const made = await client.POST("/api/choreography/generate", {
  body: { song_id: song.id, difficulty: "intermediate", seed: 7 },
});
if (made.data === undefined) {
  throw new Error(`${made.error.code}: ${made.error.error}`);
}
if (!("video_id" in made.data)) {
  throw new Error("The service did not wait for the film.");
}

const download = await client.GET("/api/videos/{video_id}/stream", {
  params: { path: { video_id: made.data.video_id } },
  parseAs: "arrayBuffer",
});
if (download.data === undefined) {
  throw new Error("The film cannot be downloaded.");
}
const film = new Uint8Array(download.data as unknown as ArrayBuffer);
if (new TextDecoder().decode(film.slice(4, 8)) !== "ftyp") {
  throw new Error("What was downloaded is no MP4.");
}

const refused = await client.POST("/api/choreography/generate", { body: { song_id: "no-song" } });
if (refused.error?.code !== "song-not-found") {
  throw new Error("An error is not read as a problem.");
}
console.log(`TypeScript: ${made.data.video_duration_seconds} s of film, ${film.length} bytes`);
