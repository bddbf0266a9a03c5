// Computes fee, tax and total by the server's rules, in minor units.

/** "200.00" with 2 decimals → 20000n. */
export function minor(text, decimals) {
  const [whole, fraction = ""] = String(text).split(".");
  return BigInt(whole + fraction.padEnd(decimals, "0").slice(0, decimals));
}

/** `percent` (a decimal as text) of an amount, rounded half up. */
function share(amount, percent) {
  const [whole, fraction = ""] = String(percent).split(".");
  const divisor = 100n * 10n ** BigInt(fraction.length);
  return (2n * amount * BigInt(whole + fraction) + divisor) / (2n * divisor);
}

/** Prices as text → {seats, fee, tax, total} in minor units. */
export function quote(prices, { fee_percent, tax_percent, decimals }) {
  const seats = prices.reduce((sum, price) => sum + minor(price, decimals), 0n);
  const fee = share(seats, fee_percent);
  const tax = share(seats + fee, tax_percent);
  return { seats, fee, tax, total: seats + fee + tax };
}

/** Returns a function that formats an amount in minor units for the page's locale. */
export function printer({ locale, currency, decimals }) {
  const format = new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  return (amount) => format.format(Number(amount) / 10 ** decimals);
}
