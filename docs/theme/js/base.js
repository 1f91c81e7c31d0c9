// Where the site begins, seen from this page: the search of MkDocs wants it by this name.
var base_url = document.documentElement.dataset.base;
