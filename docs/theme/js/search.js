// What was typed while the index was still on its way is searched for when it is there.
searchWorker.addEventListener("message", (message) => {
    if (message.data.allowSearch) doSearch();
});
