fn main() {
    let file = std::env::args().nth(1).unwrap();
    let sets: Vec<String> = std::env::args().skip(2).collect();
    let scenario = match scenario::Scenario::load(std::path::Path::new(&file), &sets) { Ok(s) => s, Err(e) => { println!("{e}"); return; } };
    for u in simulate::static_year(&scenario.campus, simulate::StaticPrices::of(&scenario)) { println!("{u:?} {:?}", u.margin_usd()); }
    let run = simulate::run(&scenario, 0, &simulate::Silent).unwrap();
    println!("{:?}", run.timings);
    let o = run.outcomes;
    for p in &o.policies {
        println!("{:14} npv {:8.1} ± {:5.1} hor {:8.1} diff {:8.1} ± {:5.1} toF {:7.1} p5 {:8.1} cvar {:8.1} irr {:?} noirr {:.2} moic {:?} pb {:?} capex {:.0} short {:.2}", p.name, p.npv_usd.mean()/1e6, p.npv_usd.standard_error()/1e6, p.npv_horizon_usd.mean()/1e6, p.difference_usd.mean()/1e6, p.difference_usd.standard_error()/1e6, p.foresight_less_policy_usd.mean()/1e6, p.npv_quantiles_usd[0]/1e6, p.cvar5_usd/1e6, p.incremental_irrs, p.share_without_irr, p.incremental_moic, p.incremental_payback_years, p.capex_usd/1e6, p.shortfall_probability);
        let l = p.ledger.last().unwrap();
        println!("    mw mine {:.1} host {:.1} inf {:.1} tr {:.1} build {:.1} idle {:.1}", l.mining_mw, l.hosting_mw, l.inference_mw, l.training_mw, l.building_mw, l.idle_mw);
    }
    println!("foresight {:.1} diff {:.1}", o.foresight.npv_usd.mean()/1e6, o.foresight.difference_usd.mean()/1e6);
    for f in &o.markets { println!("{} {:?} {:?} ess {:?}", f.name, f.mean.iter().step_by(12).map(|x| (x*100.0).round()/100.0).collect::<Vec<_>>(), f.mean.last(), f.effective_sample.last()); }
    println!("{:?}", o.out_of_money_hours[0].iter().step_by(12).collect::<Vec<_>>());
}
