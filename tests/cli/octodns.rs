//! The configuration of octoDNS: `lint` and `diff` read the zones that it names, each with all of its sources.

use super::trees::{diff, repository, screen};
use super::{Ended, Run, run};

const CLASS: &str = "octodns.provider.yaml.YamlProvider";
const MX: &str = "{type: MX, values: [{preference: 10, exchange: mail.example.net.}]}";
const KEY: &str = "s1._domainkey: {type: CNAME, value: s1.example.net.}\n";
const DMARC: &str =
    "_dmarc: {type: TXT, value: v=DMARC1\\; p=reject\\; rua=mailto:d@example.com}\n";

/// A whole zone with this policy.
fn whole(policy: &str) -> String {
    format!("{}{DMARC}{KEY}", top(policy))
}

/// The top of a zone, without its DMARC policy and key.
fn top(policy: &str) -> String {
    format!("'':\n- {MX}\n- {{type: TXT, value: {policy}}}\n")
}

/// A configuration with these lines of providers and zones.
fn production(providers: &str, zones: &str) -> String {
    format!(
        "providers:\n{providers}  out: {{class: octodns_route53.Route53Provider, key: env/KEY}}\nzones:\n{zones}"
    )
}

/// A provider of files.
fn files(id: &str, more: &str) -> String {
    format!("  {id}: {{class: {CLASS}, directory: ./{id}{more}}}\n")
}

/// A zone with these sources.
fn zone(name: &str, sources: &str) -> String {
    format!("  {name}: {{sources: [{sources}], targets: [out]}}\n")
}

fn with(run: Run, files: &[(&str, &str)]) -> Run {
    files.iter().fold(run, |run, (name, text)| run.file(name, text.as_bytes()))
}

/// What `lint` says of a configuration in a repository.
fn lint(test: &str, files: &[(&str, &str)]) -> (Ended, String) {
    let run = run(&format!("octodns-{test}"), ["lint", "prod/main.yaml"]).in_repository();
    let ended = with(run, files).end();
    let said = format!("{} {}", screen(&ended), ended.stderr);
    (ended, said)
}

const SPF: &str = "v=spf1 ip4:192.0.2.1 -all";

#[test]
fn the_sources_of_a_zone_are_one_zone() {
    let conf = production(
        &(files("config", "") + &files("extra", "")),
        &zone("example.com.", "config, extra"),
    );
    let extra = format!("{DMARC}{KEY}");
    let (ended, said) = lint(
        "sources",
        &[
            ("prod/main.yaml", &conf),
            ("config/example.com.yaml", &top(SPF)),
            ("extra/example.com.yaml", &extra),
        ],
    );
    let is_quiet = said.contains("0 errors, 0 warnings") && said.contains("2 files");
    assert_eq!((ended.code, is_quiet), (Some(0), true), "{said}");
}

#[test]
fn a_finding_names_the_file_of_its_source() {
    let conf = production(
        &(files("config", "") + &files("extra", "")),
        &zone("example.com.", "config, extra"),
    );
    let extra = format!("{DMARC}{KEY}news: {{type: TXT, value: v=spf1 +all}}\n");
    let (_, said) = lint(
        "places",
        &[
            ("prod/main.yaml", &conf),
            ("config/example.com.yaml", &top(SPF)),
            ("extra/example.com.yaml", &extra),
        ],
    );
    assert!(said.contains("extra/example.com.yaml:3:"), "{said}");
}

#[test]
fn a_record_set_of_two_sources_is_an_error_unless_the_later_one_replaces() {
    let listed = |replaces: &str, test: &str| {
        let conf = production(
            &(files("config", "") + &files("inside", replaces)),
            &zone("example.com.", "config, inside"),
        );
        let inside = "'': {type: TXT, value: v=spf1 ip4:192.0.2.2 -all}\n";
        let files = [
            ("prod/main.yaml", &*conf),
            ("config/example.com.yaml", &*whole("v=spf1 +all")),
            ("inside/example.com.yaml", inside),
        ];
        lint(test, &files)
    };
    let (ended, said) = listed("", "duplicate");
    let is_told = said.contains("error zone/duplicate-set")
        && said.contains("inside/example.com.yaml:1:")
        && said.contains("config/example.com.yaml:3:");
    assert_eq!((ended.code, is_told), (Some(1), true), "{said}");
    let (ended, said) = listed(", populate_should_replace: true", "replaces");
    assert_eq!((ended.code, said.contains("+all")), (Some(0), false), "{said}");
}

#[test]
fn a_source_that_is_not_read_is_named_and_nothing_is_missing() {
    for (test, provider) in [
        ("route53", "  more: {class: octodns_route53.Route53Provider}\n"),
        ("env", "  more: {class: octodns.provider.yaml.YamlProvider, directory: env/ZONES}\n"),
        ("unknown", ""),
    ] {
        let conf = production(
            &format!("{}{provider}", files("config", "")),
            &zone("example.com.", "config, more"),
        );
        let top = top(SPF);
        let (ended, said) =
            lint(test, &[("prod/main.yaml", &conf), ("config/example.com.yaml", &top)]);
        let is_told = said.contains("source more") && said.contains("is not read");
        let is_claimed = said.contains("dmarc/") || said.contains("dkim/");
        assert_eq!((ended.code, is_told, is_claimed), (Some(0), true, false), "{said}");
    }
}

#[test]
fn a_record_of_an_environment_variable_is_open_and_the_rest_is_judged() {
    let variable = "  v: {class: octodns.source.envvar.EnvVarSource, variable: A, name: _dmarc}\n";
    let conf = production(
        &format!("{}{variable}", files("config", "")),
        &zone("example.com.", "config, v"),
    );
    let top = top(SPF);
    let (_, said) =
        lint("variable", &[("prod/main.yaml", &conf), ("config/example.com.yaml", &top)]);
    let claims = ["dmarc/missing", "dkim/proved-none"].map(|rule| said.contains(rule));
    assert_eq!(claims, [false, true], "{said}");
}

#[test]
fn an_asterisk_means_the_zones_that_its_sources_list() {
    let provider = files("config", ", split_extension: ., shared_filename: shared.yaml");
    let conf = production(&provider, &zone("'*'", "config"));
    let files = [
        ("prod/main.yaml", &*conf),
        ("config/example.com.yaml", &*top("v=spf1 +all")),
        ("config/example.org./top.yaml", &*top("v=spf1 +all")),
        ("config/example.org./_dmarc.yaml", DMARC),
        ("config/shared.yaml", KEY),
        ("config/main.yaml", "a: {type: A, value: 192.0.2.1}\n"),
    ];
    let (ended, said) = lint("all", &files);
    let found = [
        "config/example.com.yaml:3:",
        "config/example.org./top.yaml:3:",
        "2 octoDNS zones read",
        "dkim/",
        "main.yaml:1",
    ]
    .map(|it| said.contains(it));
    assert_eq!((ended.code, found), (Some(1), [true, true, true, false, false]), "{said}");
}

#[test]
fn a_glob_means_some_of_them_and_a_zone_that_is_named_is_not_found_again() {
    let zones = format!(
        "  '*':\n    glob: '*.com.'\n    sources: [config]\n    targets: [out]\n{}",
        zone("example.com.", "extra")
    );
    let conf = production(&(files("config", "") + &files("extra", "")), &zones);
    let files = [
        ("prod/main.yaml", &*conf),
        ("config/example.com.yaml", &*whole("v=spf1 +all")),
        ("config/example.net.yaml", &*whole("v=spf1 +all")),
        ("config/shop.com.yaml", &*whole(SPF)),
        ("extra/example.com.yaml", &*whole(SPF)),
    ];
    let (ended, said) = lint("glob", &files);
    assert_eq!((ended.code, said.contains("2 files")), (Some(0), true), "{said}");
}

#[test]
fn parts_of_a_split_provider_and_merge_keys_are_read() {
    let conf = "shared: &usual\n  sources: [config]\n  targets: [out]\nproviders:\n  config:\n    class: \
         octodns.provider.yaml.SplitYamlProvider\n    directory: ./config\n  out: {class: a.B}\n\
         zones:\n  example.com.:\n    <<: *usual\n";
    let files = [
        ("prod/main.yaml", conf),
        ("config/example.com./$example.com.yaml", &*top("v=spf1 +all")),
        ("config/example.com./_dmarc.yaml", DMARC),
        ("config/example.com./s1.yaml", KEY),
    ];
    let (ended, said) = lint("split", &files);
    let is_told = said.contains("$example.com.yaml:3:") && said.contains("3 files");
    assert_eq!((ended.code, is_told), (Some(1), true), "{said}");
}

#[test]
fn a_zone_without_its_file_is_named_and_undetermined() {
    let zones = zone("example.com.", "config") + &zone("example.net.", "config");
    let conf = production(&files("config", ""), &zones);
    let files = [("prod/main.yaml", &*conf), ("config/example.com.yaml", &*whole(SPF))];
    let (ended, said) = lint("missing", &files);
    let is_told = said.contains("zone example.net: source config: no file in config");
    assert_eq!((ended.code, is_told), (Some(3), true), "{said}");
}

#[test]
fn nothing_outside_of_the_repository_is_read() {
    for (index, directory) in
        ["../outside", "prod/../../outside", "/tmp/outside", "linked"].into_iter().enumerate()
    {
        let provider = format!("  config: {{class: {CLASS}, directory: {directory}}}\n");
        let conf = production(&provider, &zone("'*'", "config"));
        let named = production(&provider, &zone("example.com.", "config"));
        let run = run(&format!("octodns-outside-{index}/in"), ["lint", "main.yaml", "named.yaml"]);
        let run = with(run.in_repository(), &[("main.yaml", &conf), ("named.yaml", &named)]);
        let run = run.file("../outside/example.com.yaml", whole("v=spf1 +all").as_bytes());
        std::os::unix::fs::symlink("../outside", run.folder.join("linked")).expect("a link");
        let ended = run.end();
        let said = format!("{} {}", screen(&ended), ended.stderr);
        assert!(!said.contains("+all"), "{directory}: {said}");
        assert_ne!(ended.code, Some(0), "{directory}: {said}");
    }
}

/// Two states of a configuration and its zones, each in a folder.
fn two_states(test: &str, old: &[(&str, &str)], new: &[(&str, &str)]) -> (Ended, String) {
    let words = ["diff", "--offline", "old/production.yaml", "new/production.yaml"];
    let mut all = run(&format!("octodns-{test}"), words).in_repository();
    for (folder, files) in [("old", old), ("new", new)] {
        for (name, text) in files {
            all = all.file(&format!("{folder}/{name}"), text.as_bytes());
        }
    }
    let ended = all.end();
    let said = format!("{} {}", screen(&ended), ended.stderr);
    (ended, said)
}

#[test]
fn a_source_that_a_zone_loses_is_a_change() {
    let providers = files("config", "") + &files("extra", "");
    let both = production(&providers, &zone("example.com.", "config, extra"));
    let one = production(&providers, &zone("example.com.", "config"));
    let (config, extra) = (format!("{DMARC}{KEY}"), top(SPF));
    let state = |conf| {
        [
            ("production.yaml", conf),
            ("config/example.com.yaml", &*config),
            ("extra/example.com.yaml", &*extra),
        ]
    };
    let (ended, said) = two_states("dropped", &state(&both), &state(&one));
    let is_told = said.contains("LOST") && said.contains("192.0.2.1");
    assert_eq!((ended.code, is_told), (Some(1), true), "{said}");
    let (ended, said) = two_states("kept", &state(&both), &state(&both));
    assert_eq!((ended.code, said.contains("nothing changes")), (Some(0), true), "{said}");
}

#[test]
fn a_change_of_the_configuration_since_a_commit_is_a_change_of_its_zones() {
    let providers = files("config", "") + &files("extra", "");
    let both = production(&providers, &zone("example.com.", "config, extra"));
    let one = production(&providers, &zone("example.com.", "config"));
    let (config, extra) = (format!("{DMARC}{KEY}"), top(SPF));
    let files = [
        ("prod/main.yaml", &*both),
        ("config/example.com.yaml", &*config),
        ("extra/example.com.yaml", &*extra),
    ];
    let run = repository("octodns-dropped", &files).file("prod/main.yaml", one.as_bytes());
    let (ended, said) = diff(run, ["prod/main.yaml"]);
    let is_told = said.contains("LOST") && said.contains("192.0.2.1");
    assert_eq!((ended.code, is_told), (Some(1), true), "{said}");
}

#[test]
fn a_change_of_a_file_is_a_change_of_its_zone_and_of_the_alias() {
    let zones = zone("example.com.", "config") + "  example.net.: {alias: example.com.}\n";
    let conf = production(&files("config", ""), &zones);
    let files = [("prod/main.yaml", &*conf), ("config/example.com.yaml", &*whole(SPF))];
    let run = repository("octodns-alias", &files);
    let new = whole("v=spf1 ip4:192.0.2.2 -all");
    let (ended, said) =
        diff(run.file("config/example.com.yaml", new.as_bytes()), ["prod/main.yaml"]);
    let are_told = ["example.com FAIL", "example.net FAIL"].map(|it| said.contains(it));
    assert_eq!((ended.code, are_told), (Some(1), [true; 2]), "{said}");
}

#[test]
fn a_record_that_may_have_moved_to_a_source_that_is_not_read_is_undetermined() {
    let providers = files("config", "") + &files("extra", "");
    let old = production(&providers, &zone("example.com.", "config, extra"));
    let new = production(&providers, &zone("example.com.", "config, out"));
    let (config, extra) = (format!("{DMARC}{KEY}"), top(SPF));
    let state = |conf| {
        [
            ("production.yaml", conf),
            ("config/example.com.yaml", &*config),
            ("extra/example.com.yaml", &*extra),
        ]
    };
    let (ended, said) = two_states("moved", &state(&old), &state(&new));
    assert_eq!((ended.code, said.contains("LOST")), (Some(3), false), "{said}");
}

#[test]
fn a_zone_that_the_configuration_names_no_more_stays_as_it_is() {
    let zones = zone("example.com.", "config") + &zone("example.net.", "config");
    let old = production(&files("config", ""), &zones);
    let new = production(&files("config", ""), &zone("example.com.", "config"));
    let (com, net) = (whole(SPF), whole(SPF));
    let state = |conf| {
        [
            ("production.yaml", conf),
            ("config/example.com.yaml", &*com),
            ("config/example.net.yaml", &*net),
        ]
    };
    let (ended, said) = two_states("unmanaged", &state(&old), &state(&new));
    let is_told = said.contains("zone example.net: octoDNS no longer manages it");
    assert_eq!((ended.code, is_told), (Some(0), true), "{said}");
}

/// What `lint` says of these files.
fn lint_files<const N: usize>(
    test: &str,
    words: [&str; N],
    files: &[(&str, &str)],
) -> (Ended, String) {
    let run = run(&format!("octodns-{test}"), ["lint"]).arguments(words);
    let ended = with(run, files).end();
    let said = format!("{} {}", screen(&ended), ended.stderr);
    (ended, said)
}

#[test]
fn the_parts_of_a_zone_are_linted_as_one() {
    let top = top("v=spf1 +all");
    let files = [
        ("zones/example.com./$example.com.yaml", &*top),
        ("zones/example.com./_dmarc.yaml", DMARC),
        ("zones/example.com.yaml", KEY),
    ];
    let words: [&[&str]; 3] = [
        &["zones"],
        &["zones/example.com.", "zones/example.com.yaml"],
        &[files[0].0, files[1].0, files[2].0],
    ];
    for (index, words) in words.into_iter().enumerate() {
        let mut run = run(&format!("octodns-parts-{index}"), ["lint"]);
        run.arguments.extend(words.iter().map(Into::into));
        let ended = with(run, &files).end();
        let said = screen(&ended);
        let is_told = said.contains("$example.com.yaml:3:") && said.contains("1 error, 0 warnings");
        assert_eq!((ended.code, is_told), (Some(1), true), "{words:?}: {said}");
    }
}

#[test]
fn two_sources_that_are_named_without_a_configuration_are_one_zone() {
    let extra = format!("{DMARC}{KEY}");
    let files = [("a/example.com.yaml", &*top(SPF)), ("b/example.com.yaml", &*extra)];
    let (ended, said) = lint_files("named", ["a/example.com.yaml", "b/example.com.yaml"], &files);
    assert_eq!((ended.code, said.contains("0 warnings")), (Some(0), true), "{said}");
}

#[test]
fn two_files_with_the_same_record_sets_need_their_configuration() {
    let inside = "'': {type: TXT, value: v=spf1 +all}\n";
    let files = [("a/example.com.yaml", &*top(SPF)), ("b/example.com.yaml", inside)];
    let (ended, said) = lint_files("views", ["a", "b"], &files);
    let is_told = said.contains("example.com is in files of a, b that list the same record sets");
    let claims = ["dmarc/missing", "mx/none", "duplicate-set", "b/example.com.yaml:1:"];
    let claims = claims.map(|it| said.contains(it));
    assert_eq!(
        (ended.code, is_told, claims),
        (Some(1), true, [false, false, false, true]),
        "{said}"
    );
}

#[test]
fn a_zone_of_another_tool_is_not_taken_for_a_part() {
    let google = "---\nkind: dns#resourceRecordSet\nname: example.com.\nrrdatas:\n- '\"v=spf1 +all\"'\nttl: 300\ntype: TXT\n";
    let files = [("a/example.com.yaml", &*whole(SPF)), ("b/example.com.yaml", google)];
    let (ended, said) = lint_files("foreign", ["a", "b"], &files);
    assert_eq!((ended.code, said.contains("b/example.com.yaml:5:")), (Some(1), true), "{said}");
}
