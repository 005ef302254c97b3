/** Symbols by atomic number; index 0 is no element. */
export const elementSymbols: readonly string[] =
  `X H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr
   Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt
   Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv
   Ts Og`.split(/\s+/);

/** The heaviest element there is a symbol for. */
export const maxAtomicNumber: number = elementSymbols.length - 1;

const numbers = new Map(elementSymbols.map((symbol, number) => [symbol, number]));
numbers.delete('X');
// Deuterium and tritium are hydrogen to every model here.
numbers.set('D', 1);
numbers.set('T', 1);

/** Atomic number of a symbol, in any case ("CL", "cl", "Cl"); 0 where there is no such element. */
export function atomicNumberOf(symbol: string): number {
  const exact = numbers.get(symbol);
  if (exact !== undefined) return exact;
  return numbers.get(symbol.charAt(0).toUpperCase() + symbol.slice(1).toLowerCase()) ?? 0;
}
