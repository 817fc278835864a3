/* Cells of the grids that show more than text. */
var dagcomponents = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});

/* Shape and word of a tier: the value is {tier, title}. */
dagcomponents.TierCell = function (props) {
  const value = props.value || {};
  return React.createElement("span", { className: "tier-tag" },
    React.createElement("span", { className: "mark mark-" + value.tier }), value.title);
};

/* Deadline tag: the value is {words, state}. */
dagcomponents.DeadlineCell = function (props) {
  const value = props.value || {};
  if (!value.words) return null;
  return React.createElement("span", { className: "deadline is-" + value.state }, value.words);
};

/* State of a filing: the value is {state, title}. */
dagcomponents.StateCell = function (props) {
  const value = props.value || {};
  return React.createElement("span", { className: "state-tag" },
    React.createElement("span", { className: "tick tick-" + value.state }), value.title);
};
