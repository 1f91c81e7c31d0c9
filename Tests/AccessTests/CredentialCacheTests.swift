import Testing

@testable import Access

struct CredentialCacheTests {
    private let anna = Principal(name: "anna", roles: ["exaadm"])
    private let keys = CredentialKeys()
    private let start = Duration.seconds(5)

    private func key(_ user: String, _ password: String = "right", _ address: String = "a") -> CredentialCache.Key {
        keys.key(user: user, password: Password(password), address: address)
    }

    @Test func aSuccessIsRememberedForItsLifetime() {
        var cache = CredentialCache()
        cache.keep(anna, for: key("anna"), generation: cache.generation, at: start)
        #expect(cache.principal(for: key("anna"), at: start + .seconds(59)) == anna)
        #expect(cache.principal(for: key("anna"), at: start + .seconds(60)) == nil)
    }

    @Test func keysDifferInEveryPart() {
        let all = [
            key("ab", "c", "d"), key("a", "bc", "d"), key("ab", "cd", ""), key("ab", "c", "e"), key("", "abc", "d"),
            keys.key(method: .session, name: "ab"), keys.key(method: .certificate, name: "ab"),
        ]
        #expect(Set(all).count == all.count)
        #expect(key("ab", "c", "d") == all[0])
        #expect(CredentialKeys().key(user: "ab", password: Password("c"), address: "d") != all[0])
    }

    @Test func aDropEndsEveryMemory() {
        var cache = CredentialCache()
        cache.keep(anna, for: key("anna"), generation: cache.generation, at: start)
        cache.drop()
        #expect(cache.principal(for: key("anna"), at: start) == nil)
        #expect(cache.count == 0)
    }

    @Test func aDropOfOneUserSparesTheOthers() {
        var cache = CredentialCache()
        cache.keep(anna, for: key("anna"), generation: cache.generation, at: start)
        cache.keep(Principal(name: "bert", roles: []), for: key("bert"), generation: cache.generation, at: start)
        cache.drop(user: "anna")
        #expect(cache.principal(for: key("anna"), at: start) == nil)
        #expect(cache.principal(for: key("bert"), at: start) != nil)
    }

    @Test func aCheckBegunBeforeADropIsNotKept() {
        var cache = CredentialCache()
        let generation = cache.generation
        cache.drop(user: "anna")
        cache.keep(anna, for: key("anna"), generation: generation, at: start)
        #expect(cache.principal(for: key("anna"), at: start) == nil)
    }

    @Test func aLifetimeOfZeroKeepsNothing() {
        var cache = CredentialCache(lifetime: .zero)
        cache.keep(anna, for: key("anna"), generation: cache.generation, at: start)
        #expect(cache.count == 0)
    }

    @Test func theNumberIsBounded() {
        var cache = CredentialCache(capacity: 16)
        for number in 0..<500 {
            cache.keep(anna, for: key("\(number)"), generation: cache.generation, at: start)
        }
        #expect(cache.count <= 16)
        #expect(cache.principal(for: key("499"), at: start) == anna)
    }
}
