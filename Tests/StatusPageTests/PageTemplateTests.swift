import Testing

@testable import StatusPage

struct PageTemplateTests {
    @Test func factsAreTextWhateverIsInThem() {
        let template = PageTemplate("<b title=\"{{a}}\">{{b}}</b>{{none}} {{open")
        #expect(
            template.filled(["a": "\"'x", "b": "<i>&"])
                == "<b title=\"&quot;&#39;x\">&lt;i&gt;&amp;</b> {{open")
    }
}
