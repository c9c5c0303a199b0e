package org.myonode.crossvalidation.report;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The one style sheet of all report pages, written into each of them. Series have the colours of Okabe and Ito, lightened
 * for a dark ground; every text reaches a contrast of 4.5 to 1. On paper always light.
 */
public final class Style {

    static final String SHEET = """
            :root {
              color-scheme: light dark;
              --ink: #1b1f24; --quiet: #59636c; --ground: #fff; --raised: #f4f6f8; --line: #dde2e7;
              --accent: #0068a3; --alarm: #b3261e; --band: #c9d2da; --ci: #e4e9ee; --observer: #4a545d;
              --s0: #0072b2; --s1: #d55e00; --s2: #00805d; --s3: #b0508a; --s4: #a87400; --s5: #2f86b8;
            }
            @media (prefers-color-scheme: dark) {
              :root {
                --ink: #e6eaee; --quiet: #a3adb6; --ground: #14181c; --raised: #1d2329; --line: #333b43;
                --accent: #6cc0f0; --alarm: #ff8a80; --band: #3b4650; --ci: #262e36; --observer: #b9c3cc;
                --s0: #56b4e9; --s1: #ff8c4a; --s2: #2fc79a; --s3: #e19bc6; --s4: #e6b030; --s5: #a5daf8;
              }
            }
            @media print {
              :root {
                color-scheme: light;
                --ink: #000; --quiet: #444; --ground: #fff; --raised: #fff; --line: #ccc;
                --accent: #000; --alarm: #900; --band: #c9d2da; --ci: #e4e9ee; --observer: #444;
                --s0: #0072b2; --s1: #d55e00; --s2: #00805d; --s3: #b0508a; --s4: #a87400; --s5: #2f86b8;
              }
            }
            @page { size: A4; margin: 16mm 15mm; }
            * { box-sizing: border-box; }
            body {
              margin: 0 auto; max-width: 62rem; padding: 1.5rem 1.5rem 4rem;
              background: var(--ground); color: var(--ink);
              font: 16px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
            }
            h1 { font-size: 1.55rem; line-height: 1.25; margin: 0 0 .4rem; }
            h2 { font-size: 1.2rem; margin: 2.4rem 0 .6rem; border-bottom: 1px solid var(--line); padding-bottom: .2rem; }
            h3 { font-size: 1rem; margin: 0 0 .4rem; }
            a { color: var(--accent); }
            .quiet { color: var(--quiet); margin: 0 0 .4rem; }
            .notice { border-left: .3rem solid var(--alarm); background: var(--raised); padding: .5rem .9rem; margin: 1rem 0; }
            .notice b { color: var(--alarm); }
            .wide { overflow-x: auto; }
            table { border-collapse: collapse; font-size: .9rem; margin: .4rem 0; min-width: 40%; overflow-wrap: normal; }
            caption { text-align: left; color: var(--quiet); padding: .2rem 0; }
            th { text-align: left; font-weight: 600; color: var(--quiet); vertical-align: bottom; }
            th, td { padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--line); }
            td { vertical-align: top; max-width: 26rem; overflow-wrap: break-word; }
            td:first-child { min-width: 7rem; }
            td small { color: var(--quiet); display: block; }
            th.n, td.n { text-align: right; overflow-wrap: normal; white-space: nowrap; }
            figure { margin: 1.6rem 0 2.2rem; overflow-x: auto; }
            figure > svg { display: block; width: 100%; min-width: 34rem; height: auto; }
            figcaption { color: var(--quiet); font-size: .9rem; margin-top: .4rem; max-width: 60rem; }
            details { margin-top: .4rem; font-size: .9rem; }
            summary { cursor: pointer; color: var(--accent); }
            .files a { margin-right: 1rem; }
            .legend { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; padding: 0; margin: 0 0 .3rem; list-style: none;
              font-size: .9rem; }
            .legend li { display: flex; gap: .4rem; align-items: flex-start; min-width: 0; }
            .key { width: 14px; height: 14px; flex: none; margin-top: .25rem; }
            .grid { stroke: var(--line); stroke-width: 1; }
            .axis { stroke: var(--quiet); stroke-width: 1; }
            .zero { stroke: var(--ink); stroke-width: 1.2; }
            .middle-line { stroke: var(--observer); stroke-width: 1.4; }
            .limit { stroke: var(--ink); stroke-width: 1.4; stroke-dasharray: 6 4; }
            .margin { stroke: var(--alarm); stroke-width: 1.6; stroke-dasharray: 2 3; }
            .bar { stroke: var(--ink); stroke-width: 2; }
            .curve { fill: none; stroke-width: 2; }
            .band { fill: var(--band); }
            .ci { fill: var(--ci); }
            .lane { fill: var(--raised); }
            text { fill: var(--ink); font: 13px system-ui, sans-serif; font-variant-numeric: tabular-nums; }
            text.tick, text.note { fill: var(--quiet); font-size: 12px; }
            text.small { fill: var(--quiet); font-size: 10px; }
            text.alarm { fill: var(--alarm); font-size: 12px; }
            text.middle { text-anchor: middle; }
            text.end { text-anchor: end; }
            .mark { stroke: var(--ground); stroke-width: .6; }
            .observer { stroke: var(--observer); stroke-width: 1.6; fill: none; }
            .s0 { fill: var(--s0); } .s1 { fill: var(--s1); } .s2 { fill: var(--s2); }
            .s3 { fill: var(--s3); } .s4 { fill: var(--s4); }
            .mark.s5 { fill: none; stroke: var(--s5); stroke-width: 2; }
            .area { fill-opacity: .18; stroke: none; }
            .s5.area { fill: var(--s5); }
            .whisker { stroke-width: 1.4; }
            .whisker.s0 { stroke: var(--s0); } .whisker.s1 { stroke: var(--s1); } .whisker.s2 { stroke: var(--s2); }
            .whisker.s3 { stroke: var(--s3); } .whisker.s4 { stroke: var(--s4); } .whisker.s5 { stroke: var(--s5); }
            .curve.s0 { fill: none; stroke: var(--s0); } .curve.s1 { fill: none; stroke: var(--s1); }
            .curve.s2 { fill: none; stroke: var(--s2); } .curve.s3 { fill: none; stroke: var(--s3); }
            .curve.s4 { fill: none; stroke: var(--s4); } .curve.s5 { fill: none; stroke: var(--s5); }
            .gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 1rem; }
            .gallery img { width: 100%; height: auto; display: block; background: #000; }
            .gallery p { margin: .3rem 0 0; font-size: .85rem; line-height: 1.35; }
            @media print {
              body { padding: 0; max-width: none; font-size: 10pt; }
              figure, .gallery > div, tr { break-inside: avoid; }
              h2, h3, caption { break-after: avoid; }
              details { display: none; }
              h2 { margin-top: 1.2rem; }
              figure { margin: .8rem 0 1rem; }
              figure > svg { max-height: 150mm; min-width: 0; }
              .wide, figure { overflow: visible; }
              table { font-size: 7.5pt; }
              th, td { padding: .1rem .3rem; }
              th.n { white-space: normal; }
              .gallery { grid-template-columns: repeat(3, 1fr); }
              .notice { border: 1px solid var(--alarm); }
            }
            """;

    private Style() {}

    /** What a page written by this program needs. */
    static String contentSecurityPolicy() {
        return policy(SHEET);
    }

    /**
     * What a page of this package needs of the server that shows it: its one style sheet, by digest, and the pictures
     * that are written into it. No script, nothing from elsewhere. Taken from the page, as an older program may have
     * written it.
     */
    public static String contentSecurityPolicyOf(String page) {
        int begin = page.indexOf("<style>");
        int end = page.indexOf("</style>");
        return policy(begin < 0 || end < begin ? "" : page.substring(begin + "<style>".length(), end));
    }

    private static String policy(String sheet) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(sheet.getBytes(StandardCharsets.UTF_8));
            return "default-src 'none'; style-src 'sha256-"
                    + Base64.getEncoder().encodeToString(digest)
                    + "'; img-src data:; base-uri 'none'; form-action 'none'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java knows SHA-256", e);
        }
    }
}
