import Access
import Testing

struct PermissionTests {
    private let anna = Principal(name: "anna", roles: ["exaadm", "exausers"], userID: 1001)
    private let bert = Principal(name: "bert", roles: ["exausers"], userID: 1002)

    @Test(arguments: [
        (["bert"], [], true),
        ([], ["exausers"], true),
        (["anna"], ["exaadm", "exausers"], true),
        (["anna"], ["exaadm"], false),
        ([], [], false),
        (["Bert"], ["Exausers"], false),
    ])
    func standingInEitherListIsEnough(users: [String], groups: [String], isPermitted: Bool) {
        let answer = Permission(users: users, groups: groups).permits(bert)
        #expect((answer == .permitted) == isPermitted)
    }

    @Test func rootAndMembersOfRootMayEverything() {
        let nobody = Permission(users: [], groups: [])
        #expect(nobody.permits(Principal(name: "root", roles: [])) == .permitted)
        #expect(nobody.permits(Principal(name: "carl", roles: ["root"])) == .permitted)
        #expect(nobody.permits(.daemon) == .permitted)
        #expect(nobody.permits(Principal(name: "ROOT", roles: ["Root"], userID: 0)) != .permitted)
    }

    @Test(arguments: [
        (Owner(userID: 1002), true),
        (Owner(name: "bert"), true),
        (Owner(userID: 1001, name: "bert"), true),
        (Owner(userID: 1001), false),
        (Owner(), false),
        (nil, false),
    ])
    func theOwnerIsKnownByIdOrName(owner: Owner?, isPermitted: Bool) {
        let permission = Permission(users: ["root", "_owner"], groups: ["exaadm"])
        #expect((permission.permits(bert, owner: owner) == .permitted) == isPermitted)
        #expect(Permission(users: ["root"], groups: []).permits(bert, owner: owner) != .permitted)
    }

    @Test func aPrincipalWithoutIdOwnsNothingWithoutOwner() {
        let permission = Permission(users: ["_owner"], groups: [])
        #expect(permission.permits(Principal(name: "dora", roles: []), owner: Owner()) != .permitted)
    }

    @Test(arguments: ["xmlrpc user", "_self"])
    func everyoneMayActOnHimself(pseudoUser: String) {
        let permission = Permission(users: ["root", pseudoUser], groups: ["exaadm"])
        #expect(permission.permits(bert, subject: "bert") == .permitted)
        #expect(permission.permits(bert, subject: "anna") != .permitted)
        #expect(permission.permits(bert) != .permitted)
        #expect(permission.permits(anna, subject: "bert") == .permitted)
    }

    @Test(arguments: ["_owner", "xmlrpc user", "_self"])
    func anAccountCalledLikeAPseudoUserGainsNothing(name: String) {
        let permission = Permission(users: ["_owner", "xmlrpc user", "_self"], groups: [])
        #expect(permission.permits(Principal(name: name, roles: [])) != .permitted)
    }

    @Test func aRefusalNamesWhoMay() {
        let permission = Permission(users: ["root", "_owner"], groups: ["root", "exaadm"])
        #expect(permission.permits(bert) == .denied(groups: ["exaadm", "root"], users: ["root"]))
        #expect(throws: AccessError.forbidden(groups: ["exaadm", "root"])) { try permission.require(bert) }
        #expect(throws: Never.self) { try permission.require(anna) }
    }
}
