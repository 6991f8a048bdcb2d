#!/usr/bin/env bash
# Makes docs/gallery.md and its pictures: the shipped scenarios with few paths, and one of each kind of chart that they write.
#
#   docs/gallery.sh                       with `wattshift` built by cargo in target/release
#   WATTSHIFT=wattshift docs/gallery.sh   with another binary
#
# The same binary gives the same bytes. Ends with an error if a folder holds a chart of a kind that is not listed below.
set -euo pipefail
cd "$(dirname "$0")/.."

wattshift=$(realpath "$(command -v "${WATTSHIFT:-target/release/wattshift}")")
page=docs/gallery.md
pictures=docs/images/gallery
sweeps=data/scenarios/sweeps
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# Kinds: a pattern of file names | the picture shown, within the folders below | heading | how to read it | the command that makes it.
kinds=$(cat <<'KINDS'
mw_by_use_*|campus/mw_by_use_dp|MW by use|Gross megawatts of the campus by what they do, stacked, mean over paths. One such chart for each policy.|run data/scenarios/texas-campus.toml
npv_distributions|campus/npv_distributions|NPV by policy|A row for each policy: the histogram of its NPV over paths, below it the middle 50 and 90 %, the median as a bar and the mean as a diamond.|run data/scenarios/texas-campus.toml
npv_differences|campus/npv_differences|NPV less that of all-mining|Path by path against mining on. A policy whose error bar holds zero cannot be told from all-mining by the run.|run data/scenarios/texas-campus.toml
frontier|campus/frontier|Mean and tail|To the right the mean of the worst 5 % of paths, upwards the mean of all. Points on the line are beaten by no other in both.|run data/scenarios/texas-campus.toml
fan_*|campus/fan_hashprice|Fan of a price|What a price may be, month by month: the dark band holds half of the paths, the pale one nine of ten. One such chart for each price.|run data/scenarios/texas-campus.toml
trigger_map_*|campus/trigger_map_2026-01|Trigger map|What the computed policy does in a month by hashprice and offered rent; the diamond is where prices stand today.|run data/scenarios/texas-campus.toml
dispatch_week|campus/dispatch_week|A dispatched week|Which loads run hour by hour, above the price of power; pale and hatched is what stood still because power was too dear.|run data/scenarios/texas-campus.toml
money_cash|financed/money_cash|Company cash|Cash at month ends over paths, under the policy with the highest value per share.|run data/scenarios/texas-campus-financed.toml
money_dscr|financed/money_dscr|Debt service coverage|Cash flow over debt service of the project in twelve months, with the levels at which distributions stop and a covenant is breached.|run data/scenarios/texas-campus-financed.toml
money_debt|financed/money_debt|Debt by kind|Mean balances stacked by kind; the lines say how far the total spreads over paths.|run data/scenarios/texas-campus-financed.toml
money_shares|financed/money_shares|Shares|Mean shares outstanding and diluted; the band between is dilution still to come.|run data/scenarios/texas-campus-financed.toml
money_sources_uses|financed/money_sources_uses|Sources and uses|What pays for construction and what it is spent on, means over paths; both sides are of one height.|run data/scenarios/texas-campus-financed.toml
npv_change|compare/npv_change|Two runs|What each policy gains or loses from one run to another, path by path: here from a market rent of 134.5 to 120 USD/kW-month.|compare out/texas-campus out/low-rent -o out/lower-rent
heaviest_week_*|dispatch/heaviest_week_1|The heaviest week of a case|The optimal dispatch in the week in which power weighs most; the line is the rule that sees no future price.|dispatch data/scenarios/dispatch-100mw.toml
best_policy|map/best_policy|Best policy over two assumptions|Each cell is a scenario. Pale and hatched cells are not decided by the run; the line is where two policies break even.|sweep run data/scenarios/sweeps/hashprice-rent-plain.toml
ai_share|map/ai_share|AI share of the best policy|How much of the campus the best policy gives to AI, mean over the horizon; the darker, the more.|sweep run data/scenarios/sweeps/hashprice-rent-plain.toml
difference_*|map/difference_all-ai-asap_less_all-mining|Difference of two policies|Blue: the first is worth more; vermillion and hatched: the second. The line is where they break even.|sweep run data/scenarios/sweeps/hashprice-rent-plain.toml
regret|map/regret|Regret|What each policy loses at worst against the best one of a point, with its error, and on the mean.|sweep run data/scenarios/sweeps/hashprice-rent-plain.toml
by_parameter|line/by_parameter|Value over one assumption|Each policy as a line with two standard errors either way; diamonds are where two break even. From a sweep of one parameter.|sweep run my-sweep.toml
tornado|tornado/tornado|Tornado|One assumption at a time, widest first: what the best policy is worth at either end, with the values that give it.|sweep run data/scenarios/sweeps/tornado.toml
tornado_margin|tornado/tornado_margin|Tornado of the lead|The lead of the best policy over the second. Below zero, the assumption has turned the choice.|sweep run data/scenarios/sweeps/tornado.toml
sobol_*|sensitivity/sobol_best_objective|Sobol indices|Which assumptions the variance hangs on: alone, and with all that they do together. Black lines are 95 % intervals.|sweep run data/scenarios/sweeps/sensitivity.toml
convergence*|sensitivity/convergence_best_objective|Convergence|The largest indices as rows are added: bands that still move say that more rows are needed.|sweep run data/scenarios/sweeps/sensitivity.toml
KINDS
)

# Runs and sweeps, with fewer paths and points than the shipped files have.
run() {
  "$wattshift" run "$@" --paths 64 --set run.tuning_paths=32 --set 'policies[dp].bound_paths=0' --set 'policies[dp].race_bound_paths=0' --quiet
}
sweep() { "$wattshift" sweep run "$@" --quiet; }

run data/scenarios/texas-campus.toml -o "$out/campus"
run data/scenarios/texas-campus.toml --set hosting.rate.start_usd_per_kw_month=120 -o "$out/low-rent"
run data/scenarios/texas-campus-financed.toml -o "$out/financed"
# The chart names the folders as they are given.
(cd "$out" && "$wattshift" compare campus low-rent -o compare >/dev/null)
"$wattshift" dispatch data/scenarios/dispatch-100mw.toml -o "$out/dispatch" --quiet
sweep "$sweeps/hashprice-rent-plain.toml" --paths 16 -o "$out/map"

# Copies of sweeps with less in them; what they start from keeps its place.
smaller() { sed -e "s|^base = \"../|base = \"$PWD/data/scenarios/|" "${@:2}" "$sweeps/$1.toml" >"$out/$1.toml"; }
smaller tornado -e 's|^policies = .*|policies = ["all-mining", "all-ai-asap", "constant-share"]|' -e '/policies\[dp\]/d'
smaller sensitivity -e 's|^policies = .*|policies = ["all-mining", "all-ai-asap"]|' -e 's|^base_points = .*|base_points = 16|'
cat >"$out/rent.toml" <<SWEEP
[sweep]
name = "rent"
base = "$PWD/data/scenarios/texas-campus.toml"
policies = ["all-mining", "constant-share", "all-ai-asap"]
design = "grid"
compare = ["all-ai-asap", "all-mining"]

[[parameters]]
name = "rent_usd_per_kw_month"
label = "Market rent at the opening"
unit = "USD/kW-month"
path = "hosting.rate.start_usd_per_kw_month"
values = [70.0, 90.0, 110.0, 134.5, 150.0, 170.0, 200.0]
SWEEP
sweep "$out/tornado.toml" --paths 16 -o "$out/tornado"
sweep "$out/sensitivity.toml" --paths 2 -o "$out/sensitivity"
sweep "$out/rent.toml" --paths 16 -o "$out/line"

# Every chart is of a kind that is listed.
unlisted=0
for chart in "$out"/*/charts/*.png; do
  name=$(basename "$chart" .png)
  found=0
  while IFS='|' read -r pattern _; do
    # shellcheck disable=SC2053  # The right-hand side is a pattern.
    if [[ $name == $pattern ]]; then found=1; fi
  done <<<"$kinds"
  if [[ $found == 0 ]]; then
    echo "error: the chart $name is of no kind that docs/gallery.sh lists" >&2
    unlisted=1
  fi
done
[[ $unlisted == 0 ]]

rm -rf "$pictures"
mkdir -p "$pictures"
{
  cat <<'HEAD'
# Gallery

One of each kind of chart, with how to read it and the command that makes it; each also comes as SVG. `docs/gallery.sh` makes this page
and its pictures from the shipped scenarios. To be quick it takes few paths, so the errors here are larger than those of the commands
as they stand, and the sweeps of one assumption at a time and of Sobol indices leave out the policies that are tuned or computed.

A policy has one colour in every chart, and so has a use of the campus. Colours differ for people without green cones too; areas that meet differ by
hatching or by lightness, so that they stay apart in grey print.
HEAD
  while IFS='|' read -r _ picture heading reading command; do
    name=$(basename "$picture")
    cp "$out/$(dirname "$picture")/charts/$name.png" "$pictures/$name.png"
    printf '\n## %s\n\n%s\n\n```sh\nwattshift %s\n```\n\n![%s](images/gallery/%s.png)\n' \
      "$heading" "$reading" "$command" "$heading" "$name"
  done <<<"$kinds"
  cat <<'TAIL'

## A model beside history

A fit and a backtest draw panels: history in black or as bars and dots, the model in colour, bands with the share that they should hold. The price files are not part of this
project; [calibrate.md](calibrate.md) says which layouts are read, and the script does not make this picture.

```sh
wattshift backtest markets --bitcoin btc_daily.csv.gz --power my-prices.csv --point HB_HOUSTON
wattshift calibrate power my-prices.csv --point HB_HOUSTON
```

![Forecasts of the markets against what came](images/backtest.png)
TAIL
} >"$page"
du -cb "$pictures"/*.png | tail -n 1 >&2
