// The household is registered: its draft in this browser has done its work.
localStorage.removeItem("zaehlwerk-questionnaire");
