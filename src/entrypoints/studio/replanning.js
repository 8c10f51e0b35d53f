/** The request for another version of a dance, which keeps some of its moves. */

/**
 * Return the body of `generateChoreography` for a dance whose moves `keeps` chooses stay where they are.
 * @param {import("./dance-screen.js").Dance} dance
 * @param {object} options
 * @param {(move: any) => boolean} options.keeps
 * @param {Record<number, string>} [options.replaced] ids of other moves by position
 * @param {Set<string>} options.banned
 * @param {boolean} [options.another] true: what does not stay is chosen anew
 */
export function replanned({ blueprint, explanation }, { keeps, replaced = {}, banned, another = false }) {
  const before = blueprint.generation_parameters;
  const locked = explanation.moves
    .filter((/** @type {any} */ move) => move.position !== null && (move.position in replaced || (move.move_id && keeps(move))))
    .map((/** @type {any} */ move) => ({ position: move.position, move_id: replaced[move.position] ?? move.move_id }));
  const names = new Set(locked.map((/** @type {any} */ each) => each.move_id));
  return {
    song_id: explanation.song.id,
    difficulty: before.difficulty ?? null,
    energy_level: before.energy_level ?? null,
    style: before.style ?? null,
    seed: (before.seed ?? 0) + (another ? 1 : 0),
    locked_moves: locked,
    banned_moves: [...new Set([...(before.banned_moves ?? []), ...banned])].filter((each) => !names.has(each)),
  };
}
