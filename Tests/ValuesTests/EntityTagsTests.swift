import Testing
import Values

struct EntityTagsTests {
    @Test(arguments: ["\"a\"", "*", " * ", " \"b\" ,\t\"a\"", "\"b\",\"a\""])
    func aTagThatIsNamedIsFound(field: String) {
        #expect(EntityTags(field).name("\"a\"", weakly: false))
        #expect(EntityTags(field).name("\"a\"", weakly: true))
    }

    @Test(arguments: ["\"b\"", "a", "", ",", "W/\"b\"", "\"a", "*, \"b\"", "W/a", "\"a\"\"b\""])
    func anotherTagIsNot(field: String) {
        #expect(!EntityTags(field).name("\"a\"", weakly: false))
        #expect(!EntityTags(field).name("\"a\"", weakly: true))
    }

    @Test func aWeakTagCountsForReadersAlone() {
        #expect(!EntityTags("W/\"a\"").name("\"a\"", weakly: false))
        #expect(EntityTags("\"b\", W/\"a\"").name("\"a\"", weakly: true))
    }
}
