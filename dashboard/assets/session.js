/* A session that has ended while a page stood open: the next question to the server leads to the sign-in page. */
(function () {
  "use strict";
  const ask = window.fetch;
  window.fetch = function (...given) {
    return ask.apply(window, given).then(function (answer) {
      if (answer.status === 401 && new URL(answer.url).origin === window.location.origin) {
        const wanted = window.location.pathname + window.location.search;
        window.location.assign("/sign-in?next=" + encodeURIComponent(wanted));
        return new Promise(function () {});
      }
      return answer;
    });
  };
})();
