/** The request for another version of a dance, which keeps some of its moves. */

/**
 * Return the body of `planChoreography` for a dance in which the moves that `keeps` chooses stay to the frame.
 * @param {import("./dance-screen.js").Dance} dance
 * @param {object} options
 * @param {(move: any) => boolean} options.keeps
 * @param {Record<number, string>} [options.replaced] ids of other moves by index
 * @param {Set<string>} options.banned
 * @param {boolean} [options.another] true: what does not stay is chosen anew
 */
export function replanned({ blueprint, explanation }, { keeps, replaced = {}, banned, another = false }) {
  const before = blueprint.generation_parameters;
  const moves = /** @type {any[]} */ (explanation.moves);
  const locks = moves.flatMap((move, index) => (index in replaced || (move.move_id && !keeps(move)) ? [] : [index]));
  const stay = new Set([...locks.map((index) => moves[index].move_id), ...Object.values(replaced)]);
  return {
    blueprint,
    locks,
    chosen_moves: Object.entries(replaced).map(([index, id]) => ({ index: Number(index), move_id: id })),
    banned_moves: [...new Set([...(before.banned_moves ?? []), ...banned])].filter((each) => !stay.has(each)),
    seed: another ? (before.seed ?? 0) + 1 : null,
  };
}
