import Testing

@testable import Application

/// The two forms, byte for byte, as their specifications show them.
struct MetricTextTests {
    private func written(_ form: MetricText.Form) async -> String {
        var text = MetricText(form)
        let counters = LabeledMetrics<Counter>(["route", "status"]) { Counter() }
        counters["/jobs/{job_id}", "2xx"].increment(by: 3)
        counters["/jobs", "4xx"].increment()
        let histogram = Histogram([0.5, 1])
        for value in [0.25, 0.5, 0.75, 4] { histogram.observe(value) }
        let families = [
            counters.family("demo_requests", "Requests, with a \\ and\na line end."),
            MetricFamily("demo_time_seconds", .histogram, help: "Times.") { histogram.samples },
            MetricFamily.gauge("demo_level", "A \"level\".") { 2.5 },
            MetricFamily.gauge("demo_absent", "Nothing to tell.") { nil },
        ]
        for family in families { text.add(family, await family.collect()) }
        text.finish()
        return text.text
    }

    @Test func prometheusReadsIt() async {
        #expect(
            await written(.prometheus) == #"""
                # HELP demo_requests_total Requests, with a \\ and\na line end.
                # TYPE demo_requests_total counter
                demo_requests_total{route="/jobs",status="4xx"} 1
                demo_requests_total{route="/jobs/{job_id}",status="2xx"} 3
                # HELP demo_time_seconds Times.
                # TYPE demo_time_seconds histogram
                demo_time_seconds_bucket{le="0.5"} 2
                demo_time_seconds_bucket{le="1"} 3
                demo_time_seconds_bucket{le="+Inf"} 4
                demo_time_seconds_sum 5.5
                demo_time_seconds_count 4
                # HELP demo_level A "level".
                # TYPE demo_level gauge
                demo_level 2.5
                # HELP demo_absent Nothing to tell.
                # TYPE demo_absent gauge

                """#)
    }

    @Test func openMetricsHasUnitsAndAnEnd() async {
        let text = await written(.openMetrics)
        #expect(text.contains("# TYPE demo_requests counter\ndemo_requests_total{"))
        #expect(text.contains("# UNIT demo_time_seconds seconds\n"))
        #expect(text.contains(#"# HELP demo_level A \"level\"."#))
        #expect(text.hasSuffix("# EOF\n"))
    }

    @Test(arguments: [
        (0.0, "0"), (1, "1"), (-3, "-3"), (0.0005, "0.0005"), (1.5, "1.5"), (.infinity, "+Inf"), (-.infinity, "-Inf"),
        (1_800_000_000, "1800000000"), (1e20, "1e+20"),
    ])
    func numbersAreAsShortAsTheyCanBe(value: Double, text: String) {
        #expect(MetricText.number(value) == text)
    }

    @Test func aLabelValueIsEscaped() async {
        let gauge = LabeledMetrics<Counter>(["text"]) { Counter() }
        gauge["a\"b\\c\nd"].increment()
        var text = MetricText(.prometheus)
        let family = gauge.family("demo", "x")
        text.add(family, await family.collect())
        #expect(text.text.contains(#"demo_total{text="a\"b\\c\nd"} 1"#))
    }
}
