/* Functions that the grids name in their options; dash-ag-grid parses such names without evaluating code. */
var dagfuncs = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});

dagfuncs.followRow = function (params) {
  if (params.data && params.data.href && !String(window.getSelection())) window.oversight.go(params.data.href);
};

dagfuncs.followRowByKey = function (params) {
  if (params.event && params.event.key === "Enter") dagfuncs.followRow(params);
};

dagfuncs.oversightTheme = function (theme) {
  return theme.withParams({
    fontFamily: "inherit",
    fontSize: 13,
    headerFontSize: 12,
    headerFontWeight: 500,
    foregroundColor: "#1B2733",
    textColor: "#1B2733",
    headerTextColor: "#51606E",
    headerBackgroundColor: "#FFFFFF",
    backgroundColor: "#FFFFFF",
    borderColor: "#E2E7EB",
    rowBorder: true,
    columnBorder: false,
    wrapperBorder: false,
    wrapperBorderRadius: 0,
    headerColumnResizeHandleColor: "transparent",
    rowHoverColor: "#F4F6F8",
    selectedRowBackgroundColor: "#EEF2F6",
    accentColor: "#16283F",
    cellHorizontalPadding: 10,
    spacing: 6,
    iconSize: 14,
  });
};

/* Cells that hold {rank, …} sort by their rank. */
dagfuncs.compareRank = function (one, other) {
  return (one ? one.rank : 0) - (other ? other.rank : 0);
};
